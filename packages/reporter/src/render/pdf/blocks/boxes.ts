import { COLORS } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import type { Extent } from '../flow/frame.ts'

const RADIUS = 5
/** How far a box that goes on reaches beyond its last line, into the margin. */
const BLEED = 4

/** A bar at the left of what is inside: quotes, outputs, sub-reports. */
export async function addBar(
  box: Box,
  { paper, flow }: PdfContext,
  { space = 0, indent = 12 }: { space?: number; indent?: number },
  inside: (box: Box) => Promise<void>,
): Promise<void> {
  if (space > 0) flow.add({ height: space, keepWithNext: true })
  flow.open({
    draw: ({ top, bottom }) =>
      paper.artifact(() => void paper.doc.rect(box.x, top, 2.2, bottom - top).fill(COLORS.line)),
  })
  await inside({ ...box, x: box.x + indent, width: box.width - indent })
  flow.close()
}

export interface CardOptions {
  space?: number
  fill?: string
  border?: string
  /** height of the band at the top, which stands out */
  head?: number
}

/** A box with round corners around what is inside; it is open where a page ends in it. */
export async function addCard(
  box: Box,
  { paper, flow }: PdfContext,
  { space = 8, fill = '#ffffff', border = COLORS.line, head = 0 }: CardOptions,
  inside: () => Promise<void>,
): Promise<void> {
  flow.add({ height: space, keepWithNext: true })
  flow.open({
    draw: (extent) =>
      paper.artifact(() => {
        const { doc } = paper
        outline(doc, box, extent)
        doc.fill(fill)
        if (head > 0 && extent.starts) {
          const ends = extent.ends && extent.bottom - extent.top <= head + 1
          outline(doc, box, { ...extent, bottom: extent.top + head, ends })
          doc.fill(COLORS.sunken)
          if (!ends) {
            doc.moveTo(box.x, extent.top + head).lineTo(box.x + box.width, extent.top + head)
            doc.lineWidth(0.6).stroke(border)
          }
        }
        outline(doc, box, extent)
        doc.lineWidth(0.7).stroke(border)
      }),
  })
  await inside()
  flow.close()
}

/** A path with round corners where the box starts and ends, and reaching on where it does not. */
function outline(doc: PDFKit.PDFDocument, { x, width }: Box, { top, bottom, starts, ends }: Extent): void {
  const [y1, y2] = [starts ? top : top - BLEED, ends ? bottom : bottom + BLEED]
  const [upper, lower] = [starts ? RADIUS : 0, ends ? RADIUS : 0]
  const right = x + width
  doc.moveTo(x + upper, y1).lineTo(right - upper, y1)
  if (upper > 0) doc.quadraticCurveTo(right, y1, right, y1 + upper)
  doc.lineTo(right, y2 - lower)
  if (lower > 0) doc.quadraticCurveTo(right, y2, right - lower, y2)
  doc.lineTo(x + lower, y2)
  if (lower > 0) doc.quadraticCurveTo(x, y2, x, y2 - lower)
  doc.lineTo(x, y1 + upper)
  if (upper > 0) doc.quadraticCurveTo(x, y1, x + upper, y1)
}
