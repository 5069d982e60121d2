import { NotebookError } from '../errors.ts'
import type { Duration } from './types.ts'

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/**
 * @param name of the option, for the sentence that refuses it
 * @returns milliseconds
 */
export function toMilliseconds(duration: Duration, name: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(duration))
  const value =
    typeof duration === 'number' ? duration : found && Number(found[1]) * UNITS[found[2] as keyof typeof UNITS]
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new NotebookError(
    'NOTEBOOK_USE',
    `Expected \`${name}\` to be milliseconds or a duration such as \`'90s'\`, got \`${String(duration)}\` (${typeof duration}).`,
  )
}
