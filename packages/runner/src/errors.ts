/** The causes a script can tell apart. Stable: removing or renaming one is a breaking change. */
export type Ec2ErrorCode =
  | 'EC2_OPTIONS' // an option is not what it must be
  | 'EC2_CREDENTIALS' // none found, wrong or expired
  | 'EC2_DENIED' // a permission is missing
  | 'EC2_QUOTA' // the account may not run that much
  | 'EC2_CAPACITY' // AWS has no such instance free now
  | 'EC2_BUDGET' // the run would cost, or has cost, more than allowed
  | 'EC2_NETWORK' // no VPC, subnet, route or reachable API
  | 'EC2_IMAGE' // no such AMI
  | 'EC2_API' // any other answer of AWS
  | 'EC2_UNREACHABLE' // an address does not answer, or refuses us
  | 'EC2_HOST_KEY' // a host is not the one it should be
  | 'EC2_HOST' // a host cannot do what a run needs (no overlay, disk full, no GPU)
  | 'EC2_HOST_LOST' // a host went away under a running worker
  | 'EC2_SYNC' // files or packages did not get there as they are here
  | 'EC2_PROTOCOL' // the other end speaks another version, or nonsense
  | 'EC2_FUNCTION' // a function cannot travel, or a command it ran failed
  | 'EC2_ABORTED' // somebody called it off

export interface Ec2ErrorOptions {
  /** what to do about it: a full sentence, shown below the message */
  fix?: string
  cause?: unknown
  /** what a script may want to read: ids, regions, types, addresses */
  data?: Readonly<Record<string, unknown>>
}

/** The one error class of this package: what happened to which thing, what to do (`fix`), and why (`cause`). */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error'
  readonly code: Ec2ErrorCode
  readonly fix: string | undefined
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: Ec2ErrorCode, message: string, { fix, cause, data = {} }: Ec2ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.fix = fix
    this.data = data
  }
}

/** The message with its fix below, as shown where only a string fits. */
export function describeError(error: unknown): string {
  if (!(error instanceof Ec2Error)) return error instanceof Error ? error.message : String(error)
  return `${error.code}  ${error.message}${error.fix ? `\n  ${error.fix}` : ''}`
}
