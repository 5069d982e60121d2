import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { addCode } from './code.ts'

/** A formula of its own, centred; one that is wider than the column is made to fit. */
export async function addFormula(source: string, { x, width, tag }: Box, context: PdfContext): Promise<void> {
  const { paper, flow, formulas } = context
  await formulas.prepare({ type: 'math', value: source })
  const set = (size: number) => formulas.of(source, { display: true, size, color: COLORS.ink })
  const full = set(11.5)
  if (!full) return await addCode(source, '', { x, width, tag }, context, { space: 8, framed: true })
  const fit = Math.min(1, width / full.width, (flow.pageHeight * 0.7) / (full.ascent + full.descent))
  const formula = fit < 1 ? set(11.5 * fit)! : full
  const left = x + (width - formula.width) / 2
  const height = formula.ascent + formula.descent
  const element = paper.tag(tag, 'Formula', { alt: formula.alt })
  flow.add({
    height: height + 4,
    space: 8,
    draw(y) {
      paper.place(element, { x: left, y, width: formula.width, height })
      element.add(() => formula.draw(left, y + formula.ascent))
    },
  })
}
