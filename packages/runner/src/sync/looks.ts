import { lstatSync, type Stats } from 'node:fs'
import type { Look } from './source.ts'

/** How many files looked from outside, in one piece of memory: size, mtime, ctime, inode of each. */
export interface Looks {
  paths: string[]
  numbers: Float64Array
}

/** A file written that shortly before it was read may be written again and look the same (as git's "racily clean"). */
const FRESH_MS = 2000
const PER_LOOK = 4
const ABSENT = -1

/** @param at when they were looked at; what was written shortly before looks like nothing afterwards */
export function packLooks(items: readonly { path: string; stats: Look | undefined }[], at: number): Looks {
  const numbers = new Float64Array(items.length * PER_LOOK)
  for (const [index, { stats }] of items.entries()) {
    if (stats && isFresh(stats, at)) numbers.fill(Number.NaN, index * PER_LOOK, (index + 1) * PER_LOOK)
    else if (stats) numbers.set([stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino], index * PER_LOOK)
    else numbers.fill(ABSENT, index * PER_LOOK, (index + 1) * PER_LOOK)
  }
  return { paths: items.map(({ path }) => path), numbers }
}

/** Looks again at one of them, `path` being absolute: what there is, and whether it looks as it did. */
export function lookAgain(
  { numbers }: Looks,
  index: number,
  path: string,
): { stats: Stats | undefined; isSame: boolean } {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  const at = index * PER_LOOK
  const isSame = stats
    ? numbers[at] === stats.size &&
      numbers[at + 1] === stats.mtimeMs &&
      numbers[at + 2] === stats.ctimeMs &&
      numbers[at + 3] === stats.ino
    : numbers[at] === ABSENT
  return { stats, isSame }
}

export function isFresh({ mtimeMs, ctimeMs }: Pick<Look, 'mtimeMs' | 'ctimeMs'>, at: number): boolean {
  return at - Math.max(mtimeMs, ctimeMs) < FRESH_MS
}
