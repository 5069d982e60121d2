import { NotebookError } from '../errors.ts'
import type { NotebookDocument } from './document.ts'
import { foldEvents } from './fold.ts'
import { JournalTail } from './tail.ts'

export interface ReadOptions {
  /** the process that wrote it is known to be gone: a notebook without an end was `killed`. Default: false */
  writerGone?: boolean
}

/**
 * The notebook of a folder, whole or as far as it is.
 *
 * @param folder with `journal.jsonl` in it
 * @throws NotebookError `NOTEBOOK_READ` when there is no journal, or it is damaged
 */
export async function readJournal(folder: string, { writerGone = false }: ReadOptions = {}): Promise<NotebookDocument> {
  const tail = new JournalTail(folder)
  const events = tail.read()
  if (events.length === 0) {
    throw new NotebookError('NOTEBOOK_READ', `There is no notebook in ${folder}: ${tail.path} is missing or empty.`)
  }
  const document = foldEvents(events)
  if (writerGone && document.status === 'running') document.status = 'killed'
  return document
}
