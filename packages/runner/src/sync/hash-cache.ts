import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { keepFile } from './keep-file.ts'
import { isFresh } from './looks.ts'
import type { Look } from './source.ts'

/** Remembers the hashes of files by how they look from outside, so that what has not changed is not read again. */
export interface HashCache {
  /** nothing is known of any file */
  readonly isEmpty: boolean
  get(path: string, look: Look): string | undefined
  set(path: string, look: Look, hash: string): void
  forget(path: string): void
  /** writes it down when something is new; never throws: it only saves time */
  save(): Promise<void>
}

const VERSION = 2

/** More than that beyond what this run looked at is of projects and versions that are gone. */
const MAX_STALE = 50_000

/** The user's cache folder. */
export function findCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vitest-ec2')
}

interface Known extends KnownLook {
  hash: string
  /** in this run */
  isSeen: boolean
}
/** A change of the mode alone changes the ctime too, and no hash. */
type KnownLook = Omit<Look, 'mode'>

/** As it lies on the disk. Text of that many files takes ten times as long to read. */
interface Stored {
  version: number
  root: string
  paths: string[]
  hashes: string[]
  /** four numbers for each path: size, mtime, ctime, inode */
  looks: Float64Array
}

/** The cache of one workspace, as the last run left it. */
export async function openHashCache(cacheDir: string, root: string): Promise<HashCache> {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const file = join(cacheDir, 'hashes', name)
  const known = await load(file)
  let isChanged = false
  return {
    get isEmpty() {
      return known.size === 0
    },
    get(path, look) {
      const entry = known.get(path)
      if (!entry || !looksLike(entry, look)) return undefined
      entry.isSeen = true
      return entry.hash
    },
    set(path, { size, mtimeMs, ctimeMs, ino }, hash) {
      if (isFresh({ mtimeMs, ctimeMs }, Date.now())) return
      known.set(path, { hash, size, mtimeMs, ctimeMs, ino, isSeen: true })
      isChanged = true
    },
    forget(path) {
      isChanged = known.delete(path) || isChanged
    },
    async save() {
      if (!isChanged) return
      isChanged = false
      const stale = [...known].filter(([, { isSeen }]) => !isSeen)
      if (stale.length > MAX_STALE) for (const [path] of stale) known.delete(path)
      await keepFile(file, pack(root, known))
    },
  }
}

function looksLike(a: KnownLook, b: KnownLook): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino
}

function pack(root: string, known: ReadonlyMap<string, Known>): Buffer {
  const entries = [...known.values()]
  return serialize({
    version: VERSION,
    root,
    paths: [...known.keys()],
    hashes: entries.map(({ hash }) => hash),
    looks: new Float64Array(entries.flatMap(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino])),
  } satisfies Stored)
}

async function load(file: string): Promise<Map<string, Known>> {
  try {
    const { version, paths, hashes, looks } = deserialize(await readFile(file)) as Stored
    if (version !== VERSION) return new Map()
    return new Map(paths.map((path, index) => [path, toKnown(hashes[index]!, looks, 4 * index)]))
  } catch {
    return new Map()
  }
}

function toKnown(hash: string, looks: Float64Array, at: number): Known {
  return {
    hash,
    isSeen: false,
    size: looks[at]!,
    mtimeMs: looks[at + 1]!,
    ctimeMs: looks[at + 2]!,
    ino: looks[at + 3]!,
  }
}
