import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { HashedFile } from './file-hash.ts'
import { keepFile } from './keep-file.ts'
import type { Looks } from './looks.ts'
import { removeOldest } from './remove-old.ts'
import type { Link } from './source-tree.ts'

/** How the disk looked when all of it was last planned, and the trees that came of it. */
export interface Scan {
  fingerprint: string
  notices: string[]
  workspace: ScannedTree
  packages: ScannedTree
}

export interface ScannedTree {
  /** see `BaseTrees` */
  kind: string
  hash: string
  /** a tree that hosts were given whole, which this one is or lies above */
  base: string
  /** what lies above the base */
  layer: { files: HashedFile[]; links: Link[] } | undefined
  /** its files, relative to the root, also those that do not travel for what is in them */
  files: Looks
  watched: Looks
}

/** The scans of earlier runs, one for each way to ask. */
export interface Scans {
  get(question: string): Promise<Scan | undefined>
  /** never throws: it only saves time */
  set(question: string, scan: Scan): Promise<void>
}

const VERSION = 1
/** Each has as much as all paths, and another set of test files asks another question. */
const MAX_SCANS = 16

export function openScans(cacheDir: string): Scans {
  const folder = join(cacheDir, 'scans')
  const fileOf = (question: string) => join(folder, createHash('sha256').update(question).digest('hex').slice(0, 32))
  return {
    async get(question) {
      try {
        const { version, scan } = deserialize(await readFile(fileOf(question))) as { version: number; scan: Scan }
        return version === VERSION ? scan : undefined
      } catch {
        return undefined // there is none, or it is damaged
      }
    },
    async set(question, scan) {
      await keepFile(fileOf(question), serialize({ version: VERSION, scan }))
      await removeOldest(folder, MAX_SCANS)
    },
  }
}
