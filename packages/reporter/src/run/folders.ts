import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { JOURNAL_FILE } from '../journal/append.ts'

export const LATEST = 'latest'
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[a-z0-9]{4}$/

/** A name that sorts by time: `2026-11-24T14-30-05Z-k3x9`. */
export function nameRun(at: Date = new Date()): string {
  const time = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return `${time}-${(randomBytes(4).readUInt32BE() % 36 ** 4).toString(36).padStart(4, '0')}`
}

/** Names of the runs in a folder, the newest first. */
export function listRuns(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => RUN_NAME.test(name))
      .toSorted()
      .toReversed()
  } catch {
    return [] // nothing was written yet
  }
}

/** Makes `latest` lead to a run. Where links are not to be had there is none. */
export function linkLatest(dir: string, run: string): void {
  const link = join(dir, LATEST)
  try {
    unlinkSync(link)
  } catch {
    // not there
  }
  try {
    symlinkSync(run, link, 'dir')
  } catch {
    // Windows without the right to make links, or a folder of that name
  }
}

/** Removes all but the newest runs. Returns the names of those that are gone. */
export function pruneRuns(dir: string, keep: number): string[] {
  const old = listRuns(dir).slice(keep)
  for (const name of old) rmSync(join(dir, name), { recursive: true, force: true })
  return old
}

/** Paths of the notebooks of a run, relative to its folder, with `/`. */
export function findNotebooks(folder: string): string[] {
  const found: string[] = []
  const look = (path: string): void => {
    let entries
    try {
      entries = readdirSync(join(folder, path), { withFileTypes: true })
    } catch {
      return
    }
    if (path !== '' && entries.some(({ name }) => name === JOURNAL_FILE)) found.push(path)
    for (const entry of entries) {
      if (entry.isDirectory() && entry.name !== 'assets') look(path === '' ? entry.name : `${path}/${entry.name}`)
    }
  }
  look('')
  return found.toSorted()
}
