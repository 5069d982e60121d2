import { Ec2Error, type Ec2ErrorCode } from '../errors.ts'
import type { Answer } from './protocol.ts'

/** An error as it travels. */
export type Failure = Extract<Answer, { error: unknown }>['error']

export function describeFailure(error: unknown): Failure {
  if (error instanceof Ec2Error) {
    return {
      code: error.code,
      message: error.message,
      data: error.data,
      ...(error.fix !== undefined && { fix: error.fix }),
    }
  }
  return { message: error instanceof Error ? error.message : String(error) }
}

/** One that had no code is of the host. */
export function reviveFailure({ code = 'EC2_HOST', message, fix, data = {} }: Failure): Ec2Error {
  return new Ec2Error(code as Ec2ErrorCode, message, { data, ...(fix !== undefined && { fix }) })
}
