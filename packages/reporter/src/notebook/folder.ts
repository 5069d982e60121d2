import { closeSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { JOURNAL_FILE } from '../journal/append.ts'
import type { BeginEvent } from '../journal/schema.ts'
import { toSlug } from '../run/slug.ts'

export interface NotebookFolder {
  /** absolute; made, and empty */
  folder: string
  /** 1 for the first try */
  attempt: number
  /** folders of the tries before, the latest first */
  earlier: string[]
}

/** More than that are no attempts. */
const MOST = 1000
const BEGIN_BYTES = 1 << 20

/**
 * The folder of a test's next attempt: `<file>/<test>`, then `<test>-2`, `<test>-3`. A test of another name that would have the
 * same folder gets the next number as well.
 *
 * @param least the number of the attempt as whoever starts it again counts: folders of earlier ones need not be here
 */
export function findNotebookFolder(
  root: string,
  { id, file, test }: Pick<BeginEvent, 'id' | 'file' | 'test'>,
  least: number,
): NotebookFolder {
  const parent = join(root, ...file.split('/').filter((part) => part !== '' && part !== '.' && part !== '..'))
  const name = toSlug(test.join(' '))
  const earlier: string[] = []
  let attempt = 1
  for (let number = 1; number < MOST; number += 1) {
    const folder = join(parent, number === 1 ? name : `${name}-${number}`)
    const owner = readOwner(folder)
    if (owner === id) {
      earlier.unshift(folder)
      attempt += 1
    } else if (owner === undefined && number >= least && claim(folder)) {
      return { folder, attempt: Math.max(attempt, least), earlier }
    }
  }
  throw new Error(`There are ${MOST} attempts of ${file} already in ${parent}`)
}

/** Takes a folder for itself: tests of one name may begin at the same moment, in several processes. */
function claim(folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true })
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The id of the notebook in a folder; nothing where there is none. */
function readOwner(folder: string): string | undefined {
  let file: number
  try {
    file = openSync(join(folder, JOURNAL_FILE), 'r')
  } catch {
    return undefined
  }
  try {
    const buffer = Buffer.alloc(BEGIN_BYTES)
    const start = buffer.toString('utf8', 0, readSync(file, buffer, 0, BEGIN_BYTES, 0))
    return /"id":"((?:[^"\\]|\\.)*)"/.exec(start.split('\n', 1)[0] ?? '')?.[1] ?? ''
  } finally {
    closeSync(file)
  }
}
