import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { HashCache } from './hash-cache.ts'
import { isPrivateKey, MAX_KEY_BYTES } from './private-files.ts'
import type { SourceFile } from './source.ts'

export interface HashedFile {
  path: string
  /** 0o644 or 0o755: more than that hosts and git do not tell apart */
  mode: number
  size: number
  hash: string
}

export interface HashOptions {
  root: string
  cache: HashCache
  /** look for private keys in them */
  mayHoldKeys: boolean
  onLeftOut: (path: string, why: string) => void
}

/** Instead of a hash, for a file whose content is a private key. */
const PRIVATE = 'private'

const READS = 16
const SMALL_BYTES = 1 << 20

/**
 * Hashes files of the workspace, reading only those the cache does not know. Files with a private key inside, and files
 * that are gone or cannot be read, are told to `onLeftOut`.
 */
export async function hashFiles(
  files: readonly SourceFile[],
  { root, cache, mayHoldKeys, onLeftOut }: HashOptions,
): Promise<HashedFile[]> {
  const limit = pLimit(READS)
  const hashed = await limit.map([...files], async ({ path, stats: looked }) => {
    let stats = looked
    let hash = cache.get(path, stats)
    if (hash === undefined) {
      try {
        stats = await lstat(join(root, path)) // read as it is now, not as it was listed
        hash = await hashFile(join(root, path), stats, mayHoldKeys)
        cache.set(path, stats, hash)
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        onLeftOut(path, code === 'ENOENT' ? 'it was deleted meanwhile' : `it cannot be read: ${message}`)
        return []
      }
    }
    if (hash === PRIVATE) {
      onLeftOut(path, 'its content is a private key')
      return []
    }
    return [{ path, mode: (stats.mode & 0o111) === 0 ? 0o644 : 0o755, size: stats.size, hash }]
  })
  return hashed.flat()
}

async function hashFile(file: string, { size }: Stats, mayHoldKey: boolean): Promise<string> {
  const hash = createHash('sha256')
  if (size > SMALL_BYTES) {
    for await (const chunk of createReadStream(file, { highWaterMark: SMALL_BYTES })) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }
  const content = await readFile(file)
  if (mayHoldKey && size <= MAX_KEY_BYTES && isPrivateKey(content)) return PRIVATE
  return hash.update(content).digest('hex')
}
