import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import type { NotebookDocument } from '../journal/document.ts'
import { readJournal } from '../journal/read.ts'
import { findNotebooks } from '../run/folders.ts'

/** A notebook of one of the runs that are compared. */
export interface ComparedNotebook {
  /** how the page calls its run */
  label: string
  folder: string
  document: NotebookDocument
}

/** The same notebook in each run, in the order of the runs; undefined where a run has none. */
export interface NotebookRow {
  title: string
  notebooks: (ComparedNotebook | undefined)[]
}

export interface ComparedRuns {
  labels: string[]
  rows: NotebookRow[]
}

/**
 * Finds what belongs together: notebooks of one path in each run. Two single notebooks always belong together.
 *
 * @param targets folders of runs or of notebooks, or names of runs in `dir`
 * @throws NotebookError `NOTEBOOK_READ`
 */
export async function readRuns(targets: readonly string[], dir: string): Promise<ComparedRuns> {
  const folders = targets.map((target) => (existsSync(target) ? resolve(target) : resolve(dir, target)))
  const labels = folders
    .map((folder) => basename(folder))
    .map((name, index, all) => (all.indexOf(name) === all.lastIndexOf(name) ? name : `${name} (${index + 1})`))
  const rows = new Map<string, NotebookRow>()
  for (const [index, folder] of folders.entries()) {
    const single = existsSync(join(folder, JOURNAL_FILE))
    const paths = single ? [''] : findNotebooks(folder)
    if (paths.length === 0)
      throw new NotebookError(
        'NOTEBOOK_READ',
        `There is no notebook in ${folder}, nor a run of that name in ${resolve(dir)}.`,
      )
    for (const path of paths) {
      const document = await readJournal(join(folder, path), { writerGone: true })
      const row = rows.get(path) ?? { title: document.begin.title, notebooks: folders.map(() => undefined) }
      row.notebooks[index] = { label: labels[index]!, folder: join(folder, path), document }
      rows.set(path, row)
    }
  }
  return { labels, rows: [...rows.values()] }
}
