import type { JournalError } from '../journal/schema.ts'

/** Deeper chains of causes are cut. */
const DEPTH = 8

/** What was thrown, as plain data. */
export function toJournalError(thrown: unknown, depth = 0): JournalError {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Thrown', message: String(thrown) }
  const { name, message, stack, cause } = thrown as Partial<Record<'name' | 'message' | 'stack' | 'cause', unknown>>
  return {
    name: typeof name === 'string' ? name : (thrown.constructor?.name ?? 'Thrown'),
    message: typeof message === 'string' ? message : '',
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && cause !== null && depth < DEPTH && { cause: toJournalError(cause, depth + 1) }),
  }
}
