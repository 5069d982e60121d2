import { fileURLToPath } from 'node:url'

export interface Position {
  /** absolute path */
  file: string
  /** from 1 */
  line: number
  /** from 1 */
  column: number
}

/** Where a function of the notebook was called from. Vitest maps the stack to the sources as they are on disk. */
export function callerOf(method: (...args: never[]) => unknown): Position | undefined {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace(holder, method)
  Error.stackTraceLimit = limit
  return parseFrame(holder.stack?.split('\n').at(1) ?? '')
}

/** `    at async dream (file:///art/dream.experiment.ts:12:34)`. */
export function parseFrame(frame: string): Position | undefined {
  const found = /(?: \(|at (?:async )?)((?:file:\/\/)?(?:[A-Za-z]:[\\/]|\/).*):(\d+):(\d+)\)?$/.exec(frame)
  if (!found) return undefined
  const [, where = '', line, column] = found
  const file = where.startsWith('file://') ? fileURLToPath(where) : where
  return { file: file.replace(/\?.*$/, ''), line: Number(line), column: Number(column) }
}
