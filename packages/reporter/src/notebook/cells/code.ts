import { relative } from 'node:path'
import type { CellContent, CellId, MimeBundle } from '../../journal/schema.ts'
import { runInCell } from '../capture.ts'
import { toJournalError } from '../journal-error.ts'
import { toBundle } from '../mime.ts'
import type { Session } from '../session.ts'
import type { Position } from '../source/caller.ts'
import { cellSource } from '../source/cell-source.ts'

/** What a code cell shows before it ran. Where the source is not to be had, the function as it runs stands for it. */
export function codeContent(
  session: Session,
  { title, fn, caller }: { title: string | undefined; fn: () => unknown; caller: Position | undefined },
): CellContent {
  const found = caller && cellSource(caller, title === undefined ? 0 : 1)
  const named = title === undefined ? {} : { title }
  if (!caller || !found) return { kind: 'code', ...named, source: fn.toString(), language: 'javascript' }
  const { text, language, line, column, endLine } = found
  const file = relative(session.options.sourceRoot, caller.file).replaceAll('\\', '/')
  return { kind: 'code', ...named, source: text, language, location: { file, line, column, endLine } }
}

/** Runs a function as the code cell that was written; what it gives, now or later, is written and passed through. */
export function runCode<T>(session: Session, owner: object, cell: CellId, fn: () => T): T {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const fail = (error: unknown): void => {
    session.flush(cell)
    session.write({ type: 'end', cell, seconds: seconds(), error: toJournalError(error) })
  }
  const succeed = (value: unknown): void => {
    session.flush(cell)
    writeValue(session, cell, seconds(), value)
  }
  const scope = { owner, cell, print: (name: 'stdout' | 'stderr', text: string) => session.print(cell, name, text) }
  let result: T
  try {
    result = runInCell(scope, fn)
  } catch (error) {
    fail(error)
    throw error
  }
  if (!isThenable(result)) {
    succeed(result)
    return result
  }
  return Promise.resolve(result).then(
    (value) => {
      succeed(value)
      return value
    },
    (error: unknown) => {
      fail(error)
      throw error
    },
  ) as T
}

/** The end is written at once; where the value takes time to show, it is written again with it. */
function writeValue(session: Session, cell: CellId, seconds: number, value: unknown): void {
  const end = (bundle?: MimeBundle): void =>
    session.write({ type: 'end', cell, seconds, ...(bundle !== undefined && { value: bundle }) })
  const bundle = shown(value, session)
  if (bundle instanceof Promise) {
    end()
    session.track(bundle.then(end))
  } else end(bundle)
}

/** A value that cannot be shown must not fail the cell that returned it. */
function shown(value: unknown, session: Session): MimeBundle | Promise<MimeBundle> | undefined {
  const excuse = (error: unknown): MimeBundle => ({ 'text/plain': `(the value cannot be shown: ${String(error)})` })
  try {
    const bundle = toBundle(value, session)
    return bundle instanceof Promise ? bundle.catch(excuse) : bundle
  } catch (error) {
    return excuse(error)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
