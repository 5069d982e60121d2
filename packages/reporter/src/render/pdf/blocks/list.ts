import type { BlockContent, DefinitionContent, List, RootContent } from 'mdast'
import type { OutlineEntry } from '../../outline.ts'
import type { Box, PdfContext } from '../context.ts'
import { drawLine } from '../line/draw.ts'
import type { Look } from '../line/look.ts'
import type { References } from './inline.ts'
import { plainLines } from './text.ts'

/** What the blocks of one Markdown text share. */
export interface Prose {
  look: Look
  references: References
  /** the headings of this text in the outline; a heading without one is a bold line */
  headings: OutlineEntry[]
  /** the block that is added now is about the next one, and stays with it */
  introduces?: boolean
  /** lists hold blocks, which hold lists */
  addBlock(
    node: RootContent | BlockContent | DefinitionContent,
    box: Box,
    context: PdfContext,
    prose: Prose,
    space?: number,
  ): Promise<void>
}

const MARKS = ['•', '–', '·']

/** Bullets, numbers and tasks. The mark stands beside the first line of its item and never apart from it. */
export async function addList(
  node: List,
  box: Box,
  context: PdfContext,
  prose: Prose,
  space: number,
  depth = 0,
): Promise<void> {
  const { paper, flow } = context
  const inside = { ...prose, introduces: false }
  const list = paper.tag(box.tag, 'L')
  const { size } = prose.look
  const start = node.start ?? 1
  const indent = node.ordered ? size * (0.75 + 0.62 * String(start + node.children.length - 1).length) : size * 1.35
  for (const [index, item] of node.children.entries()) {
    const entry = paper.tag(list, 'LI')
    const label = paper.tag(entry, 'Lbl')
    const body = paper.tag(entry, 'LBody')
    const mark = node.ordered
      ? `${start + index}.`
      : typeof item.checked === 'boolean'
        ? item.checked
          ? '☑'
          : '☐'
        : MARKS[depth % 3]!
    const [line] = plainLines(mark, prose.look, indent * 2, context)
    const x = node.ordered ? box.x + indent - size * 0.4 - line!.width : box.x + size * 0.25
    flow.add({
      height: 0,
      space: index === 0 ? space : size * 0.26,
      keepWithNext: true,
      draw: (y) => drawLine(paper, line!, x, y, label),
    })
    const inner = { x: box.x + indent, width: box.width - indent, tag: body }
    if (item.children.length === 0) flow.add({ height: line!.height })
    for (const [order, child] of item.children.entries()) {
      const gap = order === 0 ? 0 : size * 0.35
      if (child.type === 'list') await addList(child, inner, context, inside, gap, depth + 1)
      else await prose.addBlock(child, inner, context, inside, gap)
    }
  }
}
