import type { DocumentCell } from '../../../journal/document.ts'
import { formatBytes, formatCount } from '../../format.ts'
import { logPath, viewLog } from '../../log.ts'
import { addCode } from '../blocks/code.ts'
import { addNote } from '../blocks/note.ts'
import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { CODE } from '../line/look.ts'

/** What a cell printed: head and tail of a long log, with how much was left out. */
export async function addStream(cell: DocumentCell, index: number, box: Box, context: PdfContext): Promise<void> {
  const { name, text } = cell.streams[index]!
  if (text.trim() === '') return
  const { head, cut } = viewLog(text)
  const look = name === 'stderr' ? { ...CODE, color: COLORS.bad } : CODE
  if (name === 'stderr') addNote('stderr', box, context, { keepWithNext: true })
  await addCode(head, 'ansi', box, context, { space: 5, look })
  if (!cut) return
  const words = `${formatCount(cut.lines)} lines (${formatBytes(cut.bytes)}) left out: the whole log`
  addNote(words, box, context, { link: logPath(cell, index), keepWithNext: true })
  await addCode(cut.tail, 'ansi', box, context, { space: 5, look })
}
