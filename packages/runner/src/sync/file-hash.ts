import { createHash, hash } from 'node:crypto'
import { closeSync, createReadStream, lstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { HashCache } from './hash-cache.ts'
import { isPrivateKey, MAX_KEY_BYTES } from './private-files.ts'
import { readInto } from './read-into.ts'
import type { Look, SourceFile } from './source.ts'

export interface HashedFile {
  path: string
  /** where it lies, when not at `path` below the root */
  file?: string
  /** 0o644 or 0o755: more than that hosts and git do not tell apart */
  mode: number
  size: number
  hash: string
}

export interface HashOptions {
  root: string
  /** what is not known is read; all is, without it */
  cache?: HashCache
  /** look for private keys in them */
  mayHoldKeys: boolean
  onLeftOut: (path: string, why: string) => void
}

interface KnownFile extends SourceFile {
  hash: string
}

export const KEY_INSIDE = 'its content is a private key'
/** Instead of a hash, for a file whose content is a private key. */
export const PRIVATE = 'private'

const SMALL_BYTES = 1 << 20
let scratch: Buffer | undefined
/** Time after which others get their turn: tests run here meanwhile (ms). */
const TURN_MS = 10

/**
 * Hashes files of the workspace, reading only those the cache does not know. Files with a private key inside, and files
 * that are gone or cannot be read, are told to `onLeftOut`.
 */
export async function hashFiles(
  files: readonly SourceFile[],
  { root, cache, mayHoldKeys, onLeftOut }: HashOptions,
): Promise<HashedFile[]> {
  const hashed: HashedFile[] = []
  let turn = performance.now()
  for (const { path, stats: looked, file } of files) {
    if (performance.now() - turn > TURN_MS) {
      await breathe()
      turn = performance.now()
    }
    const key = file ?? path
    const at = file ?? join(root, path)
    let stats: Look = looked
    let name = cache?.get(key, stats)
    if (name === undefined) {
      try {
        stats = lstatSync(at) // read as it is now, not as it was listed
        name = stats.size > SMALL_BYTES ? await hashLarge(at) : hashSmall(at, stats, mayHoldKeys)
        cache?.set(key, stats, name)
      } catch (error) {
        onLeftOut(path, whyNotRead(error))
        continue
      }
    }
    const each = toHashed({ path, stats, hash: name, ...(file !== undefined && { file }) })
    if (each) hashed.push(each)
    else onLeftOut(path, KEY_INSIDE)
  }
  return hashed
}

/** Nothing when it does not travel for what is in it. */
export function toHashed({ path, file, stats, hash: name }: KnownFile): HashedFile | undefined {
  if (name === PRIVATE) return undefined
  const mode = (stats.mode & 0o111) === 0 ? 0o644 : 0o755
  return { path, mode, size: stats.size, hash: name, ...(file !== undefined && { file }) }
}

export function whyNotRead(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'it was deleted meanwhile' : `it cannot be read: ${message}`
}

// NOTE: synchronous, like the listing, and into memory that is there: most files are a few kilobytes, of which asynchronous
// calls cost several times as much, and so does memory that comes and goes.
function hashSmall(file: string, { size }: Look, mayHoldKey: boolean): string {
  scratch ??= Buffer.allocUnsafeSlow(SMALL_BYTES)
  const open = openSync(file, 'r')
  let length: number
  try {
    length = readInto(scratch, open) // one that grew meanwhile is found out when it is packed
  } finally {
    closeSync(open)
  }
  const content = scratch.subarray(0, length)
  if (mayHoldKey && size <= MAX_KEY_BYTES && isPrivateKey(content)) return PRIVATE
  return hash('sha256', content)
}

async function hashLarge(file: string): Promise<string> {
  const sum = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: SMALL_BYTES })) sum.update(chunk as Buffer)
  return sum.digest('hex')
}
