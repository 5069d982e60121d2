import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import { formatDate } from './format.ts'

/** The innermost cell that had begun and not ended when the journal stopped. */
export function cellInFlight(document: Pick<NotebookDocument, 'cells'>): DocumentCell | undefined {
  const last = document.cells.findLast(isOpen)
  return last && (cellInFlight({ cells: last.children }) ?? last)
}

/** What to say of a notebook that was killed: when it was last heard of, and in which cell it was. */
export function killedWords(document: NotebookDocument): string | undefined {
  if (document.status !== 'killed') return undefined
  const cell = cellInFlight(document)
  const name = cell && nameOf(cell)
  const where = name === undefined ? 'between two cells' : `in ${name}`
  return `The worker was gone before the notebook ended; the last sign of it is from ${formatDate(document.lastAt)}, ${where}. Everything up to there is below.`
}

function nameOf({ content }: DocumentCell): string {
  if ('title' in content && content.title !== undefined) return `“${content.title}”`
  if (content.kind === 'code' && content.location)
    return `the cell at ${content.location.file}:${content.location.line}`
  return 'a cell without a title'
}

function isOpen({ content, end }: DocumentCell): boolean {
  const timed = ['code', 'details', 'subreport', 'question'].includes(content.kind)
  return timed && end === undefined
}
