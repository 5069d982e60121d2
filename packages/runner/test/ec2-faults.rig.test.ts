import { beforeEach, describe, expect, test } from 'vitest'
import type { Ec2Error } from '../src/errors.ts'
import { alive, aws, createClient, launch, rig } from './support/ec2-rig.ts'

beforeEach(() => rig.reset())

/** Every call of a run on an account with nothing prepared. */
const CALLS = [
  'sts:GetCallerIdentity',
  'ssm:GetParameter',
  'servicequotas:GetServiceQuota',
  'pricing:GetProducts',
  'ec2:DescribeImages',
  'ec2:DescribeSubnets',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeSpotPriceHistory',
  'ec2:DescribeInstances',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeKeyPairs',
  'ec2:DescribeLaunchTemplates',
  'ec2:CreateSecurityGroup',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:ImportKeyPair',
  'ec2:CreateLaunchTemplate',
  'ec2:CreateFleet',
  'ec2:TerminateInstances',
  'iam:GetRole',
  'iam:CreateRole',
  'iam:PutRolePolicy',
  'iam:GetInstanceProfile',
  'iam:CreateInstanceProfile',
  'iam:AddRoleToInstanceProfile',
  's3:HEAD*',
  's3:PUT*',
  'scheduler:POST*',
  'scheduler:DELETE*',
]

describe.each([
  ['fails once', { status: 500, code: 'InternalError', times: 1 }],
  ['is throttled', { status: 503, code: 'RequestLimitExceeded', times: 2 }],
  ['loses its answer', { drop: 'after', times: 1 }],
] as const)('when a call %s', (_, fault) => {
  test.each(CALLS)('%s: the run goes on, and leaves nothing double and nothing alive', async (call) => {
    await using client = createClient()
    await rig.fault({ call, ...fault })
    const provider = client.open()
    await launch(provider)
    expect((await alive()).length).toBe(1)
    await provider.close()
    await expectNothingLeft()
  })
})

describe('when a call is denied', () => {
  test.each(CALLS)('%s: the run goes on without it or says what is missing', async (call) => {
    await using client = createClient()
    const code = call.startsWith('ec2') ? 'UnauthorizedOperation' : 'AccessDenied'
    await rig.fault({ call, status: 403, code, message: 'Denied', times: 1 })
    const provider = client.open()
    const outcome = launch(provider).then(
      () => 'launched',
      (error: Ec2Error) => error.code,
    )
    expect(await outcome).toMatch(/^(launched|EC2_DENIED|EC2_CREDENTIALS)$/)
    await provider.close()
    await expectNothingLeft()
  })
})

async function expectNothingLeft(): Promise<void> {
  expect((await alive()).filter(({ State }) => State?.Name === 'running' || State?.Name === 'pending')).toEqual([])
  const [{ SecurityGroups = [] }, { LaunchTemplates = [] }, { KeyPairs = [] }] = await Promise.all([
    aws.describeSecurityGroups({ Filters: [{ Name: 'group-name', Values: ['vitest-ec2-*'] }] }),
    aws.describeLaunchTemplates({}),
    aws.describeKeyPairs({}),
  ])
  for (const made of [SecurityGroups, LaunchTemplates, KeyPairs]) expect(made.length).toBeLessThanOrEqual(1)
}
