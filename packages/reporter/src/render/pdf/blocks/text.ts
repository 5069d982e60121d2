import type { Box, PdfContext } from '../context.ts'
import { drawLine } from '../line/draw.ts'
import { fillLines, type Line } from '../line/fill.ts'
import type { Look } from '../line/look.ts'
import { wordPieces, type Piece } from '../line/pieces.ts'
import type { Tag } from '../paper.ts'

/** A text of so many lines may be moved to another page as a whole. */
const HEADING_LINES = 5

export interface TextOptions {
  space?: number
  /** holds to what follows, as a heading does; of a long text the last two lines do */
  keepWithNext?: boolean
  /** the element's type; `P` by default */
  type?: string
  /** is told where the first line came to lie */
  placed?: (y: number) => void
}

export function plainLines(text: string, look: Look, width: number, { paper }: Pick<PdfContext, 'paper'>): Line[] {
  return fillLines(wordPieces(text, look, paper.fonts), width, paper.fonts, look)
}

/** A paragraph of plain text. */
export function addPlain(text: string, look: Look, box: Box, context: PdfContext, options: TextOptions = {}): void {
  addPieces(wordPieces(text, look, context.paper.fonts), look, box, context, options)
}

export function addPieces(
  pieces: readonly Piece[],
  look: Look,
  box: Box,
  context: PdfContext,
  options: TextOptions = {},
): void {
  const lines = fillLines(pieces, box.width, context.paper.fonts, look)
  if (lines.length > 0) addLines(lines, box, context, options, context.paper.tag(box.tag, options.type ?? 'P'))
}

/** Lines of one paragraph: never one of them alone at the foot or at the head of a page. */
function addLines(
  lines: readonly Line[],
  { x }: Pick<Box, 'x'>,
  { paper, flow }: PdfContext,
  { space = 0, keepWithNext = false, placed }: TextOptions,
  tag: Tag,
): void {
  const held = !keepWithNext ? lines.length : lines.length > HEADING_LINES ? lines.length - 2 : 0
  lines.forEach((line, index) => {
    const few = lines.length > 1 && (index === 0 || index === lines.length - 2)
    flow.add({
      height: line.height,
      space: index === 0 ? space : 0,
      keepWithNext: index >= held || few,
      draw(y) {
        if (index === 0) placed?.(y)
        drawLine(paper, line, x, y, tag)
      },
    })
  })
}

export function heightOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.height, 0)
}
