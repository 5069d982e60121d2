import { formatBytes, formatCount } from '../../format.ts'
import { viewLog } from '../../log.ts'
import { addCode } from '../blocks/code.ts'
import { addNote } from '../blocks/note.ts'
import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { CODE } from '../line/look.ts'

/** What a cell printed: head and tail of a long log, with how much was left out. */
export async function addStream(
  { name, text }: { name: 'stdout' | 'stderr'; text: string },
  box: Box,
  context: PdfContext,
): Promise<void> {
  if (text.trim() === '') return
  const { head, cut } = viewLog(text)
  const look = name === 'stderr' ? { ...CODE, color: COLORS.bad } : CODE
  if (name === 'stderr') addNote('stderr', box, context)
  await addCode(head, 'ansi', box, context, { space: 5, look })
  if (!cut) return
  addNote(
    `${formatCount(cut.lines)} lines (${formatBytes(cut.bytes)}) left out; the HTML report has them.`,
    box,
    context,
  )
  await addCode(cut.tail, 'ansi', box, context, { space: 5, look })
}
