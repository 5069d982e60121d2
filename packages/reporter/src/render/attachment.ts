import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import { tableCsv } from './csv.ts'
import { fullLogs } from './log.ts'

/** A text file beside a report that the report links to: the whole of a log that was cut, a table as CSV. */
export interface Attachment {
  /** relative to the notebook's page */
  path: string
  text: string
}

/** Every text file that the pages of a notebook link to. */
export function attachmentsOf(document: Pick<NotebookDocument, 'cells'>): Attachment[] {
  const found: Attachment[] = fullLogs(document)
  const visit = (cells: readonly DocumentCell[]): void => {
    for (const cell of cells) {
      if (cell.content.kind === 'table') found.push({ path: tablePath(cell), text: tableCsv(cell.content) })
      visit(cell.children)
    }
  }
  visit(document.cells)
  return found
}

export function tablePath({ id }: Pick<DocumentCell, 'id'>): string {
  return `tables/${id.replace(/[^\w-]/g, '_')}.csv`
}
