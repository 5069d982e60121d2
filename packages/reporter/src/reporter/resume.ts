import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import type { NotebookDocument } from '../journal/document.ts'
import { readJournal } from '../journal/read.ts'
import { notebookKey, type EarlierNotebook } from '../notebook/settings.ts'
import { CHECKPOINT_FILE, readCheckpoint } from '../run/checkpoint-file.ts'
import { findNotebooks, listRuns } from '../run/folders.ts'
import { RUN_FILE } from '../run/record.ts'
import { readRunRecord } from '../run/record-file.ts'

/** Folder of a run that is gone on with, or `newest`. Set by `vitest-notebook run --resume`, or by hand. */
export const RESUME_VARIABLE = 'VITEST_NOTEBOOK_RESUME'
export const NEWEST = 'newest'

/** Earlier notebooks by project, file and test, the newest first. */
export type Earlier = Map<string, EarlierNotebook[]>

/**
 * The notebooks that a run may go on with: those of the run that is named, or of all in `dir` that have ended, killed ones included.
 *
 * @throws NotebookError `NOTEBOOK_READ` when the folder that is named has no checkpoint in it
 */
export async function readEarlier(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<Earlier | undefined> {
  const given = env[RESUME_VARIABLE]
  if (given === undefined || given === '') return undefined
  const folders = given === NEWEST ? await endedRuns(dir) : [resolve(given)]
  const earlier: Earlier = new Map()
  for (const path of folders.flatMap(notebooksOf)) {
    const document = await readJournal(path).catch(() => undefined)
    if (!document) continue
    const key = notebookKey(document.begin)
    earlier.set(key, [...(earlier.get(key) ?? []), toEarlier(path, document)])
  }
  if (given !== NEWEST && !hasCheckpoint(earlier)) {
    throw new NotebookError(
      'NOTEBOOK_READ',
      `There is no checkpoint in ${folders[0]} to go on from. Name the folder of a run that was cut off, such as reports/latest.`,
    )
  }
  return earlier
}

export function hasCheckpoint(earlier: Earlier): boolean {
  return [...earlier.values()].flat().some((one) => one.hasCheckpoint)
}

/** The same with the checkpoints' bytes, for workers that may be on another machine. */
export async function withCheckpoints(notebooks: readonly EarlierNotebook[]): Promise<EarlierNotebook[]> {
  return await Promise.all(
    notebooks.map(async (one) => {
      const data = one.hasCheckpoint ? await readCheckpoint(one.folder) : undefined
      return data ? { ...one, data } : one
    }),
  )
}

/** Of a run, the last attempt of a test first. */
function notebooksOf(folder: string): string[] {
  if (existsSync(join(folder, JOURNAL_FILE))) return [folder]
  const attempt = (path: string) => Number(/-(\d+)$/.exec(path)?.[1] ?? 1)
  return findNotebooks(folder)
    .toSorted((a, b) => attempt(b) - attempt(a))
    .map((path) => join(folder, path))
}

/** Absolute, the newest first. */
async function endedRuns(dir: string): Promise<string[]> {
  const folders: string[] = []
  for (const name of listRuns(dir)) {
    const folder = join(dir, name)
    const record = existsSync(join(folder, RUN_FILE)) ? await readRunRecord(folder).catch(() => undefined) : undefined
    if (record?.status !== 'running') folders.push(folder)
  }
  return folders
}

function toEarlier(folder: string, { begin, status }: NotebookDocument): EarlierNotebook {
  return {
    run: begin.run,
    attempt: begin.attempt,
    folder,
    values: begin.parameters?.values ?? {},
    isPassed: status === 'passed',
    hasCheckpoint: existsSync(join(folder, CHECKPOINT_FILE)),
  }
}
