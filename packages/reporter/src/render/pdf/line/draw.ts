import type { Paper, Tag } from '../paper.ts'
import type { Line } from './fill.ts'
import type { Look } from './look.ts'
import type { Piece } from './pieces.ts'

/** Pieces beside each other that are drawn as one: of one look, and all text. */
interface Span {
  look: Look
  pieces: Piece[]
  width: number
}

/**
 * Draws a line into an element: text is its content, links and formulas are elements below it. Without an element it is
 * decoration, such as a repeated header, and its links are plain text.
 *
 * @param x left end of the line
 * @param y top of the line
 */
export function drawLine(paper: Paper, line: Line, x: number, y: number, tag: Tag | null): void {
  const baseline = y + line.ascent
  let at = x
  for (const span of spansOf(line)) {
    const [first] = span.pieces
    const start = at
    const draw = (): void => drawSpan(paper, span, start, baseline)
    const { link } = span.look
    const { inset } = first!
    if (!tag) draw()
    else if (inset) {
      const formula = paper.tag(tag, 'Formula', { alt: inset.alt })
      const { width, ascent, descent } = inset
      paper.place(formula, { x: start, y: baseline - ascent, width, height: ascent + descent })
      formula.add(draw)
    } else if (link !== undefined && paper.canLink(link)) {
      const width = span.width - span.pieces.at(-1)!.blank
      paper.link(tag, link, { x: start, y, width, height: line.ascent + line.descent, alt: link }, draw)
    } else tag.add(draw)
    at += span.width
  }
}

/**
 * Lines below each other.
 * @param leftOf left end of a line
 */
export function drawLines(
  paper: Paper,
  lines: readonly Line[],
  y: number,
  tag: Tag | null,
  leftOf: (line: Line) => number,
): void {
  let top = y
  for (const line of lines) {
    drawLine(paper, line, leftOf(line), top, tag)
    top += line.height
  }
}

function spansOf({ pieces }: Line): Span[] {
  const spans: Span[] = []
  for (const piece of pieces) {
    const last = spans.at(-1)
    if (last && last.look === piece.look && !piece.inset && !last.pieces[0]!.inset) {
      last.pieces.push(piece)
      last.width += piece.width
    } else spans.push({ look: piece.look, pieces: [piece], width: piece.width })
  }
  return spans
}

function drawSpan({ doc, fonts }: Paper, { look, pieces, width }: Span, x: number, baseline: number): void {
  const { size, color, background } = look
  const solid = width - pieces.at(-1)!.blank
  const raised = baseline - (look.rise ?? 0)
  if (background !== undefined && solid > 0) {
    doc.roundedRect(x - 1, baseline - size * 0.92, solid + 2, size * 1.2, 1.5).fill(background)
  }
  let at = x
  for (const { inset, runs, width: wide } of pieces) {
    if (inset) inset.draw(at, raised)
    let within = at
    for (const run of runs) {
      fonts.draw(run, { x: within, baseline: raised, size, color })
      within += run.width
    }
    at += wide
  }
  if (look.strike) rule(doc, x, raised - size * 0.28, solid, color)
  if (look.underline) rule(doc, x, raised + size * 0.14, solid, color)
}

function rule(doc: PDFKit.PDFDocument, x: number, y: number, width: number, color: string): void {
  if (width > 0)
    doc
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(0.5)
      .stroke(color)
}
