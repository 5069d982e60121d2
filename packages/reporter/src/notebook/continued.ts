import { NotebookError } from '../errors.ts'
import type { BeginEvent } from '../journal/schema.ts'
import type { EarlierNotebook } from './settings.ts'

type Values = NonNullable<BeginEvent['parameters']>['values']

/**
 * Which of the earlier notebooks of a test is gone on with: the newest that was made with the same values and has a checkpoint, unless one
 * after it came to its end.
 *
 * @param earlier The newest first
 * @param values Of this run's parameters, as journals have them
 * @throws NotebookError `NOTEBOOK_RESUME` when all of them were made with other values
 */
export function chooseContinued(earlier: readonly EarlierNotebook[], values: Values): EarlierNotebook | undefined {
  const same = earlier.filter((one) => differences(one.values, values).length === 0)
  const [other] = earlier.filter(({ hasCheckpoint }) => hasCheckpoint)
  if (same.length === 0 && other) {
    const changed = differences(other.values, values)
    throw new NotebookError(
      'NOTEBOOK_RESUME',
      `The run ${other.run} cannot be gone on with, because it was made with other parameters: ${changed.join('; ')}. Give this run the same, or run without \`--resume\`.`,
    )
  }
  const end = same.findIndex(({ isPassed }) => isPassed)
  return (end === -1 ? same : same.slice(0, end)).find(({ hasCheckpoint }) => hasCheckpoint)
}

/** `size was 512, now is 400`. */
function differences(before: Values, now: Values): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => identity(before[name]) !== identity(now[name]))
    .map((name) => `\`${name}\` was ${words(before[name])}, now is ${words(now[name])}`)
}

/** Pictures are the same where their bytes are: the path of an asset is its hash. */
function identity(value: unknown): string {
  return isAsset(value) ? value.path : String(JSON.stringify(value))
}

function words(value: unknown): string {
  if (value === undefined) return 'not there'
  return isAsset(value) ? `${value.name} (${value.path.replace(/^.*\/(.{8}).*$/, '$1')})` : JSON.stringify(value)
}

function isAsset(value: unknown): value is { name: string; path: string } {
  return typeof value === 'object' && value !== null && 'name' in value && 'path' in value
}
