import type { OutlineEntry } from '../outline.ts'
import { addPlain, plainLines } from './blocks/text.ts'
import { COLORS } from './colors.ts'
import type { Box, PdfContext } from './context.ts'
import { drawLine } from './line/draw.ts'
import type { Line } from './line/fill.ts'
import { BODY, SMALL } from './line/look.ts'
import type { Tag } from './paper.ts'

/** Fewer entries are seen at a glance. */
const MIN_ENTRIES = 4
const MAX_LEVEL = 4
const HEIGHT = 14.5

interface Reserved {
  entry: OutlineEntry
  line: Line
  tag: Tag
  x: number
  page: number
  y: number
}

/**
 * The table of contents: each entry takes a line of its own, so its room is known before the page numbers are.
 * @returns fills it in, when everything has its place
 */
export function addContents(box: Box, context: PdfContext): () => void {
  const { paper, flow, outline, pages } = context
  const entries = outline.entries.filter(({ level }) => level <= MAX_LEVEL)
  if (entries.length < MIN_ENTRIES) return () => {}
  addPlain('Contents', { ...BODY, face: 'sansBold', size: 11.4 }, box, context, { space: 16, keepWithNext: true })
  const list = paper.tag(box.tag, 'TOC')
  const reserved: Reserved[] = []
  for (const entry of entries) {
    const indent = (entry.level - 2) * 12
    const look = { ...SMALL, size: entry.level === 2 ? 9.2 : 8.8, color: entry.level === 2 ? COLORS.ink : COLORS.soft }
    const [line] = plainLines(
      entry.text || 'Untitled',
      { ...look, link: `#${entry.anchor}` },
      box.width - indent - 40,
      context,
    )
    if (!line) continue
    const tag = paper.tag(list, 'TOCI')
    const place: Reserved = { entry, line, tag, x: box.x + indent, page: 0, y: 0 }
    reserved.push(place)
    flow.add({
      height: HEIGHT,
      space: entry.level === 2 ? 2 : 0,
      draw(y) {
        place.page = flow.page
        place.y = y
      },
    })
  }
  flow.add({ height: 10, filler: true })
  return () => {
    for (const { entry, line, tag, x, page, y } of reserved) {
      paper.doc.switchToPage(page)
      drawLine(paper, line, x, y, tag)
      const [number] = plainLines(String((pages.get(entry) ?? 0) + 1), { ...SMALL, size: 8.8 }, 40, context)
      const left = box.x + box.width - number!.width
      drawLine(paper, number!, left, y, tag)
      const from = x + line.width + 6
      if (from > left - 12) continue
      paper.artifact(() => {
        paper.doc.moveTo(from, y + 8.4).lineTo(left - 6, y + 8.4)
        paper.doc.lineWidth(0.6).dash(0.6, { space: 2.6 }).stroke(COLORS.strongLine).undash()
      })
    }
  }
}
