import { stripVTControlCharacters } from 'node:util'
import type { JournalError } from '../../../journal/schema.ts'
import { addCard } from '../blocks/boxes.ts'
import { addCode } from '../blocks/code.ts'
import { addPlain } from '../blocks/text.ts'
import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { BODY, CODE } from '../line/look.ts'

const PAD = 9

/** What was thrown, with its stack and what caused it. */
export async function addError(error: JournalError, box: Box, context: PdfContext): Promise<void> {
  const { name, message, stack, cause } = error
  const inside = { ...box, x: box.x + PAD, width: box.width - 2 * PAD }
  await addCard(box, context, { space: 8, fill: COLORS.badBack, border: COLORS.badLine }, async () => {
    context.flow.add({ height: 6, keepWithNext: true })
    const look = { ...BODY, face: 'sansBold' as const, size: 9.2, color: COLORS.bad }
    addPlain(`${name}: ${stripVTControlCharacters(message)}`, look, inside, context, {
      keepWithNext: stack !== undefined,
    })
    if (stack !== undefined) {
      const look = { ...CODE, size: 7.2, color: COLORS.soft }
      await addCode(stripVTControlCharacters(stack), '', inside, context, { space: 4, look })
    }
    context.flow.add({ height: 6, filler: true })
  })
  if (!cause) return
  addPlain('caused by', { ...BODY, face: 'sans', size: 8.4, color: COLORS.soft }, box, context, {
    space: 5,
    keepWithNext: true,
  })
  await addError(cause, box, context)
}
