import { createHash } from 'node:crypto'
import { contentName, encodeIndex, hashIndex, type PackContent } from '../wire/pack.ts'
import type { HashedFile } from './file-hash.ts'

/** Contents that travel together. */
export interface Pack {
  hash: string
  index: Buffer
  contents: PackContent[]
  /** for each content a file that has it, absolute or relative to the root */
  files: string[]
  /** of all contents together, before compression */
  bytes: number
}

/** Files that belong together and get into one pack: a package, or a single file. */
export interface Unit {
  /** decides, with nothing else, where one pack ends and the next begins */
  name: string
  files: HashedFile[]
}

/** A unit of that size has a pack of its own. */
const ALONE_BYTES = 512 << 10
/** Packs of small units that are aimed at, so that few round trips bring all and few bytes bring one change. */
const AIM_PACKS = 128
const MIN_UNITS = 8

/**
 * Cuts units into packs. Borders depend on names only: a change in one unit changes its own pack, one that comes or goes
 * at most two.
 */
export function groupPacks(units: readonly Unit[]): Pack[] {
  return groupFiles(units).map(toPack)
}

/** The files of each pack, which names and sizes decide: it can be told before any of them is read. */
export function groupFiles<F extends { size: number }>(units: readonly { name: string; files: readonly F[] }[]): F[][] {
  const packs: F[][] = []
  const unitsPerPack = Math.max(MIN_UNITS, 2 ** Math.ceil(Math.log2(units.length / AIM_PACKS)))
  let group: F[] = []
  for (const { name, files } of units.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (sumSizes(files) >= ALONE_BYTES) packs.push([...files])
    else group.push(...files)
    if (isBorder(name, unitsPerPack)) close()
  }
  close()
  return packs

  function close(): void {
    if (group.length > 0) packs.push(group)
    group = []
  }
}

function isBorder(name: string, unitsPerPack: number): boolean {
  return createHash('sha256').update(name).digest().readUInt32BE() % unitsPerPack === 0
}

export function toPack(files: readonly HashedFile[]): Pack {
  const distinct = new Map<string, HashedFile>()
  for (const file of files) if (!distinct.has(contentName(file))) distinct.set(contentName(file), file)
  const chosen = [...distinct.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const contents = chosen.map(({ hash, mode, size }) => ({ hash, mode, size }))
  const index = encodeIndex(contents)
  return {
    hash: hashIndex(index),
    index,
    contents,
    files: chosen.map(({ path, file = path }) => file),
    bytes: sumSizes(contents),
  }
}

function sumSizes(items: readonly { size: number }[]): number {
  return items.reduce((sum, { size }) => sum + size, 0)
}
