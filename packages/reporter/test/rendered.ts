import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NotebookDocument } from '../src/journal/document.ts'
import { renderNotebook, type NotebookFiles, type NotebookRenderOptions } from '../src/render/notebook.ts'
import { writeJournal } from './sample-journal.ts'

export interface Rendered extends AsyncDisposable, NotebookFiles {
  folder: string
  /** the page */
  page: string
}

/** A notebook in a folder of its own, with its journal and its reports. */
export async function renderSample(
  make: (folder: string) => Promise<NotebookDocument>,
  options: Partial<NotebookRenderOptions> = {},
): Promise<Rendered> {
  const folder = await mkdtemp(join(tmpdir(), 'vitest-notebook-'))
  await writeJournal(folder, await make(folder))
  const done = await renderNotebook(folder, { formats: ['html'], writerGone: true, ...options })
  const remove = () => rm(folder, { recursive: true, force: true })
  return { ...done, folder, page: join(folder, 'index.html'), [Symbol.asyncDispose]: remove }
}
