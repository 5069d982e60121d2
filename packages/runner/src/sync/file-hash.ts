import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { HashCache } from './hash-cache.ts'
import { isPrivateKey, MAX_KEY_BYTES } from './private-files.ts'
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

/** Instead of a hash, for a file whose content is a private key. */
const PRIVATE = 'private'

const SMALL_BYTES = 1 << 20
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
    let hash = cache?.get(key, stats)
    if (hash === undefined) {
      try {
        stats = lstatSync(at) // read as it is now, not as it was listed
        hash = stats.size > SMALL_BYTES ? await hashLarge(at) : hashSmall(at, stats, mayHoldKeys)
        cache?.set(key, stats, hash)
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        onLeftOut(path, code === 'ENOENT' ? 'it was deleted meanwhile' : `it cannot be read: ${message}`)
        continue
      }
    }
    if (hash === PRIVATE) onLeftOut(path, 'its content is a private key')
    else {
      const mode = (stats.mode & 0o111) === 0 ? 0o644 : 0o755
      hashed.push({ path, mode, size: stats.size, hash, ...(file !== undefined && { file }) })
    }
  }
  return hashed
}

// NOTE: synchronous, like the listing. Most files are a few kilobytes, which asynchronous calls make several times slower.
function hashSmall(file: string, { size }: Look, mayHoldKey: boolean): string {
  const content = readFileSync(file)
  if (mayHoldKey && size <= MAX_KEY_BYTES && isPrivateKey(content)) return PRIVATE
  return createHash('sha256').update(content).digest('hex')
}

async function hashLarge(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: SMALL_BYTES })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
