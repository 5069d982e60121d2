import { createHash, randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** size, mtime, ctime, inode, hash */
type Known = [number, number, number, number, string]

/** Remembers the hashes of files by how they look from outside, so that what has not changed is not read again. */
export interface HashCache {
  get(path: string, stats: Stats): string | undefined
  set(path: string, stats: Stats, hash: string): void
  forget(path: string): void
  /** writes it down when something is new; never throws: it only saves time */
  save(): Promise<void>
}

const VERSION = 1

/** A file written that shortly before it was read may be written again and look the same (as git's "racily clean"). */
const FRESH_MS = 2000

/** More than that beyond what this run looked at is of projects and versions that are gone. */
const MAX_STALE = 50_000

/** The user's cache folder. */
export function findCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vitest-ec2')
}

/** The cache of one workspace, as the last run left it. */
export async function openHashCache(cacheDir: string, root: string): Promise<HashCache> {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const file = join(cacheDir, 'hashes', `${name}.json`)
  const known = new Map(Object.entries(await load(file)))
  const seen = new Set<string>()
  let isChanged = false
  return {
    get(path, stats) {
      const entry = known.get(path)
      if (!entry) return undefined
      const [size, mtime, ctime, inode, hash] = entry
      if (size !== stats.size || mtime !== stats.mtimeMs || ctime !== stats.ctimeMs || inode !== stats.ino)
        return undefined
      seen.add(path)
      return hash
    },
    set(path, stats, hash) {
      if (Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) < FRESH_MS) return
      known.set(path, [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, hash])
      seen.add(path)
      isChanged = true
    },
    forget(path) {
      isChanged = known.delete(path) || isChanged
    },
    async save() {
      if (!isChanged) return
      isChanged = false
      if (known.size > seen.size + MAX_STALE) for (const path of known.keys()) if (!seen.has(path)) known.delete(path)
      await store(file, JSON.stringify({ version: VERSION, root, files: Object.fromEntries(known) })).catch(() => {})
    },
  }
}

async function load(file: string): Promise<Record<string, Known>> {
  try {
    const { version, files } = JSON.parse(await readFile(file, 'utf8')) as {
      version: number
      files: Record<string, Known>
    }
    return version === VERSION ? files : {}
  } catch {
    return {}
  }
}

async function store(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  const aside = `${file}.${randomUUID()}`
  try {
    await writeFile(aside, text)
    await rename(aside, file)
  } finally {
    await rm(aside, { force: true })
  }
}
