import { expect, it } from 'vitest'
import { leastPolicy } from './policy.ts'

it('lets nothing be ended or changed that is not ours', () => {
  const { Statement } = leastPolicy()
  for (const action of [
    'ec2:TerminateInstances',
    'ec2:StopInstances',
    'ec2:DeleteSecurityGroup',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:DeregisterImage',
    'ec2:DeleteSnapshot',
  ]) {
    const found = Statement.filter(({ Action }) => Action.includes(action))
    expect(found.map(({ Condition }) => Condition)).toEqual([{ Null: { 'aws:ResourceTag/vitest-ec2:owner': 'false' } }])
  }
})

it('gives roles to two services only, and no action with a wildcard', () => {
  const { Statement } = leastPolicy({ account: '123456789012', region: 'eu-west-1' })
  const pass = Statement.find(({ Action }) => Action.includes('iam:PassRole'))
  expect(pass).toMatchObject({
    Resource: ['arn:aws:iam::123456789012:role/vitest-ec2-*'],
    Condition: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'scheduler.amazonaws.com'] } },
  })
  expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([])
})

it('can do without IAM, S3 and the scheduler', () => {
  const actions = leastPolicy({ minimal: true }).Statement.flatMap(({ Action }) => Action)
  expect(actions.filter((action) => !/^(ec2|ssm|sts):/.test(action))).toEqual([])
  expect(actions).not.toContain('ec2:CreateImage')
})

it('fits into one managed policy', () => {
  // IAM counts no white space and takes 6144 characters.
  expect(JSON.stringify(leastPolicy({ account: '123456789012', region: 'ap-southeast-1' })).length).toBeLessThan(6144)
})
