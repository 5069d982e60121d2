import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import { readJournal } from '../journal/read.ts'
import type { Format } from '../render/formats.ts'
import { Renderer } from '../render/process/renderer.ts'
import { writeRunFiles } from '../render/run-files.ts'
import { findNotebooks } from '../run/folders.ts'
import { linkToRun } from './link-to-run.ts'
import { RUN_FILE, type RunRecord } from '../run/record.ts'
import { readRunRecord, writeRunRecord } from '../run/record-file.ts'
import { toEntry } from './entry.ts'

export interface RenderedAgain {
  /** of the run; a notebook alone has none */
  record: RunRecord | undefined
  /** sentences about what could not be written */
  problems: string[]
}

/**
 * Writes the reports of a notebook or a run again, from their journals: also of one that was killed.
 *
 * @param onFile is told each file, absolute, as soon as it is there
 * @throws NotebookError `NOTEBOOK_READ` where there is no notebook
 */
export async function renderAgain(
  folder: string,
  { formats, singleFile }: { formats: readonly Format[]; singleFile: boolean },
  onFile: (path: string) => void = () => {},
): Promise<RenderedAgain> {
  const paths = existsSync(join(folder, JOURNAL_FILE)) ? [''] : findNotebooks(folder)
  if (paths.length === 0) throw new NotebookError('NOTEBOOK_READ', `There is no notebook in ${folder}.`)
  const problems: string[] = []
  const renderer = new Renderer()
  const record = existsSync(join(folder, RUN_FILE)) ? await readRunRecord(folder) : undefined
  for (const path of paths) {
    const up = record && linkToRun(path)
    const made = await renderer.render(join(folder, path), {
      formats,
      singleFile,
      writerGone: true,
      ...(up && { up }),
    })
    problems.push(...made.problems)
    for (const file of Object.values(made.files)) onFile(join(folder, path, file))
    if (!record) continue
    const entry = { ...toEntry(await readJournal(join(folder, path), { writerGone: true }), path), files: made.files }
    record.notebooks = [...record.notebooks.filter((one) => one.path !== path), entry]
  }
  if (record) {
    record.notebooks.sort((a, b) => (a.path < b.path ? -1 : 1))
    await writeRunRecord(folder, record)
    await writeRunFiles(folder, record)
    onFile(join(folder, 'index.html'))
  }
  return { record, problems }
}
