import { describe, expect, it } from 'vitest'
import { Ec2Error } from '../errors.ts'
import { awsCode, explain, isDenied, isNotFound } from './explain-error.ts'

const failed = { call: 'ec2:CreateFleet', input: {} }

describe('explain', () => {
  it('names action, resource and an explicit denial from the decoded message', async () => {
    const context = { action: 'ec2:RunInstances', resource: 'arn:aws:ec2:us-east-1:1:instance/*' }
    const decode = async (message: string) =>
      message === 'AbC-1_x' ? JSON.stringify({ explicitDeny: true, context }) : undefined
    const message = 'You are not authorized to perform this operation. Encoded authorization failure message: AbC-1_x'
    const error = await explain(aws('UnauthorizedOperation', message), { ...failed, decode })
    expect(error).toMatchObject({
      code: 'EC2_DENIED',
      message:
        'The caller may not do `ec2:RunInstances` on arn:aws:ec2:us-east-1:1:instance/*: a policy denies it explicitly',
      data: { action: 'ec2:RunInstances', awsCode: 'UnauthorizedOperation' },
    })
    expect(isDenied(error)).toBe(true)
  })

  it('does with the call when the message may not be decoded', async () => {
    const decode = async () => {
      throw new Error('denied as well')
    }
    const error = await explain(aws('UnauthorizedOperation', 'Encoded authorization failure message: x'), {
      ...failed,
      decode,
    })
    expect(error.message).toBe('The caller may not do `ec2:CreateFleet`')
  })

  it('reads who may not do what from a plain message', async () => {
    const message =
      'User: arn:aws:iam::1:user/eve is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/r because no identity-based policy allows it'
    const error = await explain(aws('AccessDenied', message), { ...failed, call: 'iam:CreateRole' })
    expect(error.message).toBe('arn:aws:iam::1:user/eve may not do `iam:CreateRole` on arn:aws:iam::1:role/r')
  })

  it.each([
    ['ExpiredToken', 'EC2_CREDENTIALS', 'have expired'],
    ['RequestExpired', 'EC2_CREDENTIALS', 'have expired'],
    ['InvalidClientTokenId', 'EC2_CREDENTIALS', 'does not accept'],
    ['CredentialsProviderError', 'EC2_CREDENTIALS', 'No AWS credentials'],
    ['RequestLimitExceeded', 'EC2_API', 'RequestLimitExceeded'],
    ['InvalidParameterValue', 'EC2_API', 'InvalidParameterValue'],
  ])('turns %s into %s', async (name, code, text) => {
    const error = await explain(aws(name, 'a message'), failed)
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) })
    expect(awsCode(error)).toBe(name)
  })

  it('tells a network that is away from an answer', async () => {
    const error = await explain(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), failed)
    expect(error.code).toBe('EC2_NETWORK')
  })

  it('names the profile whose session is to be renewed', async () => {
    const error = await explain(aws('ExpiredToken', ''), { ...failed, profile: 'work' })
    expect(error.fix).toContain('aws sso login --profile work')
  })

  it('leaves what is explained already', async () => {
    const known = new Ec2Error('EC2_IMAGE', 'no image')
    expect(await explain(known, failed)).toBe(known)
  })
})

it('knows the names AWS has for what is not there', () => {
  for (const name of ['InvalidGroup.NotFound', 'NoSuchEntityException', 'NotFound', 'ResourceNotFoundException']) {
    expect(isNotFound(aws(name, ''))).toBe(true)
  }
  expect(isNotFound(aws('AccessDenied', ''))).toBe(false)
})

function aws(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}
