import { AsyncLocalStorage } from 'node:async_hooks'
import type { CellId } from '../journal/schema.ts'

/** Where code runs: inside which cell of which notebook. */
export interface Scope {
  /** the notebook (or box of one) whose cell it is */
  owner: object
  cell: CellId
  print(name: StreamName, text: string): void
  outer: Scope | undefined
}
export type StreamName = 'stdout' | 'stderr'

const scopes = new AsyncLocalStorage<Scope>()

/** The innermost cell of this notebook that the caller runs in. */
export function cellOf(owner: object): CellId | undefined {
  for (let scope = scopes.getStore(); scope; scope = scope.outer) if (scope.owner === owner) return scope.cell
  return undefined
}

/** Runs a function as a cell: what it prints, now or later, goes there and to nobody else's cell. */
export function runInCell<T>(scope: Omit<Scope, 'outer'>, fn: () => T): T {
  tapAll()
  return scopes.run({ ...scope, outer: scopes.getStore() }, fn)
}

const tapped = new WeakSet<object>()

/**
 * Vitest gives every test file a console with streams of its own, so both those and the process's are listened to. Listening
 * to the streams instead of console's channels catches raw writes and keeps the text as it is printed.
 */
function tapAll(): void {
  const { _stdout, _stderr } = globalThis.console as unknown as Record<string, unknown>
  for (const stream of [process.stdout, _stdout]) tap(stream, 'stdout')
  for (const stream of [process.stderr, _stderr]) tap(stream, 'stderr')
}

function tap(stream: unknown, name: StreamName): void {
  if (!isWritable(stream) || tapped.has(stream)) return
  tapped.add(stream)
  const write = stream.write.bind(stream)
  stream.write = (chunk, ...rest) => {
    scopes.getStore()?.print(name, textOf(chunk, rest[0]))
    return write(chunk, ...rest)
  }
}

function isWritable(value: unknown): value is { write(...args: unknown[]): unknown } {
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString()
  if (typeof encoding === 'string' && encoding !== 'utf8' && encoding !== 'utf-8' && Buffer.isEncoding(encoding)) {
    return Buffer.from(String(chunk), encoding).toString()
  }
  return String(chunk)
}
