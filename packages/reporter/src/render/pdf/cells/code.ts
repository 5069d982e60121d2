import type { DocumentCell } from '../../../journal/document.ts'
import type { CellContent } from '../../../journal/schema.ts'
import { formatSeconds } from '../../format.ts'
import { sourceUrl } from '../../link.ts'
import { addBar, addCard } from '../blocks/boxes.ts'
import { addCode } from '../blocks/code.ts'
import { markEntry } from '../blocks/heading.ts'
import { plainLines } from '../blocks/text.ts'
import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { drawLine } from '../line/draw.ts'
import { BODY, SMALL } from '../line/look.ts'
import { addError } from './error.ts'
import { addStream } from './stream.ts'
import { addValue } from './value.ts'

const HEAD = 22
const PAD = 9

/** A card with the source, and below it what the cell printed, showed, returned and threw. */
export async function addCodeCell(
  cell: DocumentCell,
  content: CellContent & { kind: 'code' },
  box: Box,
  context: PdfContext,
  addChildren: (box: Box) => Promise<void>,
): Promise<void> {
  const section = { ...box, tag: context.paper.tag(box.tag, 'Sect') }
  await addCard(section, context, { head: HEAD, space: 10 }, async () => {
    addHead(cell, content, section, context)
    context.flow.add({ height: 7, keepWithNext: true })
    await addCode(content.source, content.language, section, context, { pad: PAD })
    context.flow.add({ height: 7, filler: true })
  })
  const { streams, children, end } = cell
  if (streams.length === 0 && children.length === 0 && !end?.value && !end?.error) return
  await addBar(section, context, { space: 5 }, async (inside) => {
    for (const stream of streams) await addStream(stream, inside, context)
    await addChildren(inside)
    if (end?.value) await addValue(end.value, inside, context)
    if (end?.error) await addError(end.error, inside, context)
  })
}

/** Title at the left, place and time at the right, in one line. */
function addHead(
  cell: DocumentCell,
  { title, location }: CellContent & { kind: 'code' },
  box: Box,
  context: PdfContext,
): void {
  const { paper, flow, document, outline } = context
  const time = cell.end ? formatSeconds(cell.end.seconds) : document.status === 'running' ? 'running' : 'not finished'
  const url = location && sourceUrl(location, document.begin.provenance)
  const place = location && `${location.file.split('/').at(-1)}:${location.line}`
  const entry = outline.titles.get(cell.id)
  const [right] = plainLines(
    [place, time].filter((one) => one !== undefined).join('  '),
    { ...SMALL, size: 7.6, color: COLORS.faint, ...(url !== undefined && { link: url }) },
    box.width / 2,
    context,
  )
  const room = box.width - 2 * PAD - (right?.width ?? 0) - 12
  const [left] = title === undefined ? [] : plainLines(title, { ...BODY, face: 'sansBold', size: 9.2 }, room, context)
  const heading = paper.tag(box.tag, entry ? `H${entry.level}` : 'P')
  const facts = paper.tag(box.tag, 'P')
  flow.add({
    height: HEAD,
    keepWithNext: true,
    draw(y) {
      if (entry) markEntry(entry, box.x, y, context)
      if (left) drawLine(paper, left, box.x + PAD, y + (HEAD - left.height) / 2, heading)
      if (right) {
        drawLine(paper, right, box.x + box.width - PAD - right.width, y + (HEAD - right.height) / 2, facts)
      }
    },
  })
}
