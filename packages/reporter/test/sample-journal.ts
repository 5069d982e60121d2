import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DocumentCell, NotebookDocument } from '../src/journal/document.ts'
import type { JournalEvent, JournalEventBody } from '../src/journal/schema.ts'

/** The events that make this document when they are folded. */
function eventsOf(document: NotebookDocument): JournalEvent[] {
  const bodies: JournalEventBody[] = [document.begin]
  const visit = (cell: DocumentCell, parent?: string): void => {
    const { id, content, points, streams, children, end } = cell
    bodies.push({ type: 'cell', cell: id, content, ...(parent === undefined ? {} : { parent }) })
    for (const stream of streams) bodies.push({ type: 'stream', cell: id, ...stream })
    if (points.length > 0) bodies.push({ type: 'points', cell: id, points })
    for (const child of children) visit(child, id)
    if (end) bodies.push({ type: 'end', cell: id, ...end })
  }
  for (const cell of document.cells) visit(cell)
  bodies.push({ type: 'meta', values: document.meta })
  const { status, seconds, errors } = document
  if (status === 'passed' || status === 'failed' || status === 'cancelled') {
    bodies.push({ type: 'finish', status, seconds, errors })
  }
  return bodies.map((body, index) => ({ seq: index + 1, at: document.startedAt + index, ...body }))
}

/** Puts the journal of a document into its folder, beside its assets. */
export async function writeJournal(folder: string, document: NotebookDocument): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(folder, 'journal.jsonl'),
    eventsOf(document)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  )
}
