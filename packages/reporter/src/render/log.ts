import { stripVTControlCharacters } from 'node:util'
import type { DocumentCell, NotebookDocument } from '../journal/document.ts'

/** A log as a terminal would have left it, cut in the middle when it is long. */
export interface LogView {
  head: string
  /** lines that were left out, and the end of the log after them */
  cut?: { lines: number; bytes: number; tail: string }
}

const HEAD_LINES = 60
const TAIL_LINES = 40
const LINE_LENGTH = 2000

/** Head and tail of a log of more than 100 lines; lines of more than 2,000 characters are shortened. */
export function viewLog(text: string): LogView {
  const lines = settle(text).split('\n')
  if (lines.at(-1) === '') lines.pop()
  const short = (some: string[]) => some.map(shorten).join('\n')
  const hidden = lines.length - HEAD_LINES - TAIL_LINES
  if (hidden <= 10) return { head: short(lines) }
  const middle = lines.slice(HEAD_LINES, HEAD_LINES + hidden)
  const bytes = middle.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  return {
    head: short(lines.slice(0, HEAD_LINES)),
    cut: { lines: hidden, bytes, tail: short(lines.slice(-TAIL_LINES)) },
  }
}

/** The log without colours and cursor movements. */
export function plainLog(text: string): string {
  return stripVTControlCharacters(settle(text))
}

/** `\r` returns to the start of its line, as progress bars do: what was overwritten is not shown. */
function settle(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1).replace(/\r+$/, ''))
    .join('\n')
}

function shorten(line: string): string {
  if (line.length <= LINE_LENGTH) return line
  return `${line.slice(0, LINE_LENGTH)} … ${line.length - LINE_LENGTH} more characters`
}

/** Where the whole text of a long log is written, relative to the notebook's page. */
export function logPath(cell: DocumentCell, index: number): string {
  return `logs/${cell.id.replace(/[^\w-]/g, '_')}-${index}-${cell.streams[index]?.name ?? 'log'}.txt`
}

/** The logs that the renderers cut, whole: each is written beside the report, where they link to it. */
export function fullLogs(document: Pick<NotebookDocument, 'cells'>): { path: string; text: string }[] {
  const found: { path: string; text: string }[] = []
  const visit = (cells: readonly DocumentCell[]): void => {
    for (const cell of cells) {
      cell.streams.forEach(({ text }, index) => {
        if (isCut(text)) found.push({ path: logPath(cell, index), text: plainLog(text) })
      })
      visit(cell.children)
    }
  }
  visit(document.cells)
  return found
}

/** Whether a reader sees less than all of a text. */
export function isCut(text: string): boolean {
  const { head, cut } = viewLog(text)
  return cut !== undefined || head.includes(' more characters')
}
