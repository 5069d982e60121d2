import { highlight, type Token } from '../../highlight.ts'
import { COLORS, roleColor } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import type { Run } from '../fonts/fonts.ts'
import { CODE, type Look } from '../line/look.ts'
import type { Tag } from '../paper.ts'
import { addCard } from './boxes.ts'
import { foldCode, type CodeLine } from './fold.ts'

const LINE = 1.5
const PAD = 7

export interface CodeOptions {
  space?: number
  /** in a card of its own */
  framed?: boolean
  look?: Look
  /** inner margin at the left and right */
  pad?: number
}

/** Lines of code in their colours. A long line goes on below with a mark; none is cut. */
export async function addCode(
  code: string,
  language: string,
  box: Box,
  context: PdfContext,
  options: CodeOptions = {},
): Promise<void> {
  const lines = await highlight(code, language)
  const { framed = false, space = 0 } = options
  if (!framed) return addCodeLines(lines, box, context, { space, ...options })
  await addCard(box, context, { space, fill: COLORS.sunken }, async () => {
    context.flow.add({ height: PAD, keepWithNext: true })
    addCodeLines(lines, box, context, { pad: 9, ...options })
    context.flow.add({ height: PAD, filler: true })
  })
}

function addCodeLines(
  lines: readonly (readonly Token[])[],
  box: Box,
  { paper, flow }: PdfContext,
  { look = CODE, pad = 0, space = 0 }: CodeOptions = {},
): void {
  const { fonts } = paper
  const tag = paper.tag(paper.tag(box.tag, 'P'), 'Code')
  const [x, width] = [box.x + pad, box.width - 2 * pad]
  const folded = lines.flatMap((line) => foldCode(line, width, fonts, look))
  const { ascent } = fonts.metrics(look.face, look.size)
  const height = look.size * LINE
  const drop = (height - look.size) / 2 + ascent - look.size * 0.12
  if (space > 0) flow.add({ height: space, keepWithNext: true })
  folded.forEach((line, index) => {
    const left = folded.length - 1 - index
    flow.add({
      height,
      keepWithNext: left > 0 && (index < 2 || left < 3),
      draw: (y) => drawCodeLine(line, { x, baseline: y + drop, look, tag }),
    })
  })

  function drawCodeLine(line: CodeLine, at: { x: number; baseline: number; look: Look; tag: Tag }): void {
    const { baseline } = at
    if (line.continues) {
      const mark: Run = fonts.runs('↪', 'mono', look.size * 0.9)[0]!
      const start = at.x + line.indent - mark.width - 2
      paper.artifact(() => fonts.draw(mark, { x: start, baseline, size: look.size * 0.9, color: COLORS.faint }))
    }
    if (line.runs.length === 0) return
    at.tag.add(() => {
      let across = at.x + line.indent
      for (const run of line.runs) {
        fonts.draw(run, { x: across, baseline, size: look.size, color: roleColor(run.role) ?? look.color })
        across += run.width
      }
    })
  }
}
