import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readJournal } from '../journal/read.ts'
import type { Format } from '../render/formats.ts'
import { Renderer } from '../render/process/renderer.ts'
import { writeRunFiles } from '../render/run-files.ts'
import { RUN_FILE, type RunRecord } from '../run/record.ts'
import { readRunRecord, writeRunRecord } from '../run/record-file.ts'
import { toEntry } from './entry.ts'

export interface RenderedRun {
  /** relative to the folder */
  files: string[]
  problems: string[]
  /** nothing when the folder is that of a notebook alone */
  record: RunRecord | undefined
}

/**
 * Makes the reports of notebooks that nobody writes any more, and brings the record and the pages of their run up to date.
 * @param folder of a run, or of one notebook
 * @param paths of notebooks, relative to it
 */
export async function renderAll(
  folder: string,
  paths: readonly string[],
  options: { formats: readonly Format[]; singleFile: boolean },
): Promise<RenderedRun> {
  const [files, problems]: [string[], string[]] = [[], []]
  const renderer = new Renderer()
  const record = existsSync(join(folder, RUN_FILE)) ? await readRunRecord(folder) : undefined
  for (const path of paths) {
    const up = record && { href: `${'../'.repeat(path.split('/').length)}index.html`, label: 'Run' }
    const made = await renderer.render(join(folder, path), { ...options, writerGone: true, ...(up && { up }) })
    problems.push(...made.problems)
    files.push(...Object.values(made.files).map((file) => join(path, file)))
    if (!record) continue
    const entry = { ...toEntry(await readJournal(join(folder, path), { writerGone: true }), path), files: made.files }
    record.notebooks = [...record.notebooks.filter((one) => one.path !== path), entry]
  }
  if (record) {
    record.notebooks.sort((a, b) => (a.path < b.path ? -1 : 1))
    await writeRunRecord(folder, record)
    await writeRunFiles(folder, record)
    files.push('index.html')
  }
  return { files, problems, record }
}
