import { dirname, join } from 'node:path'
import { readJournal } from '../journal/read.ts'
import { FORMAT_FILES } from '../render/formats.ts'
import { renderHtml } from '../render/html/page.ts'
import { writeWhole } from '../render/write.ts'
import { findNotebooks } from '../run/folders.ts'
import type { LeftBehind } from './last-words.ts'
import { linkToRun } from './link-to-run.ts'

/**
 * The process that {@link file://./last-words.ts} leaves behind: makes the pages first, which somebody looks for at once and for
 * which nothing else is loaded; then the other reports; then all of it goes where a run goes that comes to its end.
 */
const { folder, options } = JSON.parse(process.env['VITEST_NOTEBOOK_LEFT']!) as LeftBehind
const { formats, singleFile } = options
if (formats.includes('html')) {
  for (const path of findNotebooks(folder)) {
    // One that is damaged keeps no other from its page; it is named below.
    await writePage(path).catch(() => {})
  }
}
const { renderAgain } = await import('./render-again.ts')
const { record, problems } = await renderAgain(folder, options)
if (record) {
  const [{ deliverRun }, { addToIndex }, { FolderStore }, { writeRunRecord }] = await Promise.all([
    import('./deliver.ts'),
    import('../archive/runs-index.ts'),
    import('../archive/folder-store.ts'),
    import('../run/record-file.ts'),
  ])
  await addToIndex(new FolderStore(dirname(folder)), record).catch((error: Error) => problems.push(error.message))
  const delivery = await deliverRun(folder, record, options)
  const found = [...problems, ...delivery.problems]
  if (found.length > 0) await writeRunRecord(folder, { ...record, problems: [...(record.problems ?? []), ...found] })
}

async function writePage(path: string): Promise<void> {
  const notebook = join(folder, path)
  const document = await readJournal(notebook, { writerGone: true })
  await writeWhole(
    join(notebook, FORMAT_FILES.html),
    renderHtml(document, { folder: notebook, singleFile, up: linkToRun(path) }),
  )
}
