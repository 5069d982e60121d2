import type { PhrasingContent } from 'mdast'
import type { OutlineEntry } from '../../outline.ts'
import { COLORS } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import type { Look } from '../line/look.ts'
import { inlinePieces, type References } from './inline.ts'
import { addPieces } from './text.ts'

const SIZES: Record<number, number> = { 2: 16.5, 3: 13.2, 4: 11.4, 5: 10.6, 6: 10.2 }

export function headingLook(level: number): Look {
  return { face: 'sansBold', size: SIZES[level] ?? 10.2, color: COLORS.ink }
}

/** A heading with its places in the outline and for links. It is never the last on a page. */
export function addHeading(
  nodes: readonly PhrasingContent[],
  entry: OutlineEntry,
  box: Box,
  context: PdfContext,
  references?: References,
): void {
  const look = headingLook(entry.level)
  const pieces = inlinePieces(nodes, look, context, references)
  addPieces(pieces, look, box, context, {
    space: look.size * (entry.level < 4 ? 1.5 : 1.15),
    keepWithNext: true,
    type: `H${entry.level}`,
    placed: (y) => markEntry(entry, box.x, y, context),
  })
  context.flow.add({ height: 2, keepWithNext: true })
}

/** Notes where an entry of the outline lies, for the outline, the contents and links. */
export function markEntry(entry: OutlineEntry, x: number, y: number, { paper, flow, pages }: PdfContext): void {
  pages.set(entry, flow.page)
  paper.anchor(entry.anchor, x, y)
  paper.outline(entry.level, entry.text || 'Untitled', y)
}
