import { randomBytes } from 'node:crypto'

/** A name of a run that sorts by time: `20261126120000-1a2b3c`. */
export function nameRun(): string {
  return `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${randomBytes(3).toString('hex')}`
}

/** Also of what a host of a run went on with alone: `20261126120000-1a2b3c-i-0abc`. */
export function isRunId(text: string): boolean {
  return /^\d{14}-[0-9a-f]{6}(-i-[0-9a-f]+)?$/.test(text)
}
