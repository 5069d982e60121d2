import { setTimeout as sleep } from 'node:timers/promises'
import { Ec2Error, type Ec2ErrorCode } from '../errors.ts'

const ATTEMPTS = 4
const FIRST_WAIT_MS = 300

/** Answers that another try would get again. */
const FINAL = new Set<Ec2ErrorCode>([
  'EC2_ABORTED',
  'EC2_CREDENTIALS',
  'EC2_DENIED',
  'EC2_HOST',
  'EC2_HOST_LOST',
  'EC2_OPTIONS',
])

/** Tries again, with growing pauses, what failed for a reason that may pass. */
export async function retry<T>(what: () => Promise<T>, { signal }: { signal: AbortSignal }): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await what()
    } catch (error) {
      signal.throwIfAborted()
      if (attempt === ATTEMPTS || (error instanceof Ec2Error && FINAL.has(error.code))) throw error
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal })
    }
  }
}
