import { Ec2Error, type Ec2ErrorCode } from '../errors.ts'
import type { Decode } from './clients.ts'

export interface FailedCall {
  /** `ec2:CreateFleet` */
  call: string
  input: object
  profile?: string | undefined
  decode?: Decode
}

/** What AWS calls an error: `InvalidGroup.NotFound`. Of an `Ec2Error` made here, and of an SDK error. */
export function awsCode(error: unknown): string | undefined {
  if (error instanceof Ec2Error) return typeof error.data['awsCode'] === 'string' ? error.data['awsCode'] : undefined
  return error instanceof Error ? error.name : undefined
}

/** True when AWS says that the thing is not there; also for a while after it was made. */
export function isNotFound(error: unknown): boolean {
  return /NotFound|NoSuchEntity|NoSuchBucket|ResourceNotFoundException/.test(awsCode(error) ?? '')
}

/** True when the caller may not do that. */
export function isDenied(error: unknown): boolean {
  return error instanceof Ec2Error && error.code === 'EC2_DENIED'
}

/** An answer of AWS as a sentence with what to do about it. */
export async function explain(error: unknown, failed: FailedCall): Promise<Ec2Error> {
  if (error instanceof Ec2Error) return error
  const { call, input, profile, decode } = failed
  const { name = 'Error', message = String(error) } = error instanceof Error ? error : {}
  const data = { awsCode: name, call, input }
  const make = (code: Ec2ErrorCode, text: string, fix?: string, more?: object) =>
    new Ec2Error(code, text, { ...(fix && { fix }), cause: error, data: { ...data, ...more } })

  if (EXPIRED.has(name) || /token .*expired|credentials .*expired|session .*expired/i.test(message)) {
    return make('EC2_CREDENTIALS', `The AWS credentials have expired (${call}: ${name})`, renew(profile))
  }
  if (name === 'CredentialsProviderError' || /Could not load credentials|Unable to .*credentials/i.test(message)) {
    const where = profile
      ? `the profile \`${profile}\``
      : 'the environment, profiles, SSO and instance roles were tried'
    return make('EC2_CREDENTIALS', `No AWS credentials were found: ${where}`, FIND)
  }
  if (WRONG.has(name)) {
    return make('EC2_CREDENTIALS', `AWS does not accept these credentials (${call}: ${name})`, CHECK)
  }
  if (DENIED.has(name) || isNamelessDenial(error)) {
    const reason = await decodeDenial(message, decode)
    const action = reason?.action ?? call
    const on = reason?.resource ? ` on ${reason.resource}` : ''
    const who = /User: (\S+) is not authorized/.exec(message)?.[1]
    return make(
      'EC2_DENIED',
      `${who ?? 'The caller'} may not do \`${action}\`${on}${reason?.explicit ? ': a policy denies it explicitly' : ''}`,
      `Ask for that permission: \`npx vitest-ec2 policy\` prints the least policy a run needs.`,
      { action, resource: reason?.resource },
    )
  }
  if (isNetwork(error)) {
    return make(
      'EC2_NETWORK',
      `AWS could not be reached (${call}: ${message})`,
      'Check the network, the region and HTTPS_PROXY.',
    )
  }
  return make('EC2_API', `${call} failed: ${name}: ${message}`, fixOf(name))
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'])
const WRONG = new Set([
  'InvalidClientTokenId',
  'AuthFailure',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId',
  'IncompleteSignature',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
])
const DENIED = new Set([
  'UnauthorizedOperation',
  'AccessDeniedException',
  'AccessDenied',
  'UnauthorizedAccess',
  'Forbidden',
])
const FIND =
  'Sign in (`aws sso login`), run `aws configure`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
const CHECK = '`aws sts get-caller-identity` says who they belong to; check AWS_PROFILE and the clock of this machine.'

function renew(profile: string | undefined): string {
  return `Renew them: \`aws sso login${profile ? ` --profile ${profile}` : ''}\`, or export new ones.`
}

function fixOf(name: string): string | undefined {
  if (name === 'OptInRequired' || name === 'PendingVerification') {
    return 'The account is not ready for EC2 yet: AWS has sent mail about it to its owner.'
  }
  if (name === 'RequestLimitExceeded' || name === 'Throttling') {
    return 'Too many calls in this account and region at once: try again in a minute.'
  }
  return undefined
}

function isNetwork(error: unknown): boolean {
  const { code = '', name = '' } = (error ?? {}) as { code?: string; name?: string }
  return (
    /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|EPIPE|CERT_|UNABLE_TO|SELF_SIGNED)/.test(code) ||
    name === 'TimeoutError'
  )
}

/** S3's answer to a question about a bucket has no body, so nothing but the status tells. */
function isNamelessDenial(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode === 403 && /^(Unknown(Error)?|Error|403)$/.test((error as Error).name)
}

interface Denial {
  action?: string | undefined
  resource?: string | undefined
  explicit: boolean
}

/** EC2 hides why it denies in a message that only those with `sts:DecodeAuthorizationMessage` may read. */
async function decodeDenial(message: string, decode: Decode | undefined): Promise<Denial | undefined> {
  const plain = /not authorized to perform: (\S+)(?: on resource: "?([^"\s]+)"?)?/.exec(message)
  if (plain) return { action: plain[1], resource: plain[2], explicit: message.includes('explicit deny') }
  const encoded = /Encoded authorization failure message: (\S+)/.exec(message)?.[1]
  if (!encoded || !decode) return undefined
  const decoded = await decode(encoded).catch(() => undefined)
  if (!decoded) return undefined
  const { explicitDeny, context } = JSON.parse(decoded) as {
    explicitDeny?: boolean
    context?: { action?: string; resource?: string }
  }
  return { action: context?.action, resource: context?.resource, explicit: explicitDeny === true }
}
