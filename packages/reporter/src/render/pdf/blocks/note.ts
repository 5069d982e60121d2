import { COLORS } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import { SMALL } from '../line/look.ts'
import { addPlain, type TextOptions } from './text.ts'

/** A sentence of the report itself: what was left out, what could not be shown. */
export function addNote(
  sentence: string,
  box: Box,
  context: PdfContext,
  { link, ...options }: Pick<TextOptions, 'keepWithNext'> & { link?: string } = {},
): void {
  const look = { ...SMALL, color: COLORS.faint, ...(link !== undefined && { link, color: COLORS.accent }) }
  addPlain(sentence, look, box, context, { space: 4, ...options })
}
