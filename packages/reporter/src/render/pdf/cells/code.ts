import type { DocumentCell } from '../../../journal/document.ts'
import type { CellContent } from '../../../journal/schema.ts'
import { formatSeconds } from '../../format.ts'
import { sourceUrl } from '../../link.ts'
import { addBar, addCard } from '../blocks/boxes.ts'
import { addCode } from '../blocks/code.ts'
import { markEntry } from '../blocks/heading.ts'
import { heightOf, plainLines } from '../blocks/text.ts'
import type { Box, PdfContext } from '../context.ts'
import { COLORS } from '../colors.ts'
import { drawLines } from '../line/draw.ts'
import { BODY, SMALL } from '../line/look.ts'
import { addError } from './error.ts'
import { addStream } from './stream.ts'
import { addValue } from './value.ts'

const MIN_HEAD = 22
/** Above and below the lines of a head together. */
const HEAD_PAD = 9
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
  const head = headOf(cell, content, section, context)
  await addCard(section, context, { head: head.height, space: 10 }, async () => {
    head.add()
    context.flow.add({ height: 7, keepWithNext: true })
    await addCode(content.source, content.language, section, context, { pad: PAD })
    context.flow.add({ height: 7, filler: true })
  })
  const { streams, children, end } = cell
  if (streams.length === 0 && children.length === 0 && !end?.value && !end?.error) return
  await addBar(section, context, { space: 5 }, async (inside) => {
    for (const index of streams.keys()) await addStream(cell, index, inside, context)
    await addChildren(inside)
    if (end?.value) await addValue(end.value, cell.id, inside, context)
    if (end?.error) await addError(end.error, inside, context)
  })
}

interface Head {
  height: number
  add(): void
}

/** Title at the left, place and time at the right; each takes the lines that it needs. */
function headOf(
  cell: DocumentCell,
  { title, language, location }: CellContent & { kind: 'code' },
  box: Box,
  context: PdfContext,
): Head {
  const { paper, flow, document, outline } = context
  const time = cell.end ? formatSeconds(cell.end.seconds) : document.status === 'running' ? 'running' : 'not finished'
  const url = location && sourceUrl(location, document.begin.provenance)
  const place = location && `${location.file.split('/').at(-1)}:${location.line}`
  const entry = outline.titles.get(cell.id)
  const quiet = { ...SMALL, size: 7.6, color: COLORS.faint }
  const right = plainLines(
    [place, time].filter((one) => one !== undefined).join('  '),
    { ...quiet, ...(url !== undefined && { link: url }) },
    box.width / 2,
    context,
  )
  const room = box.width - 2 * PAD - Math.max(0, ...right.map(({ width }) => width)) - 12
  const bold = { ...BODY, face: 'sansBold' as const, size: 9.2 }
  const left =
    title === undefined
      ? plainLines(language === 'javascript' ? 'JavaScript' : 'TypeScript', quiet, room, context)
      : plainLines(title, bold, room, context)
  const height = Math.max(MIN_HEAD, heightOf(left) + HEAD_PAD, heightOf(right) + HEAD_PAD)
  const heading = paper.tag(box.tag, entry ? `H${entry.level}` : 'P')
  const facts = paper.tag(box.tag, 'P')
  const draw = (y: number): void => {
    if (entry) markEntry(entry, box.x, y, context)
    drawLines(paper, left, y + (height - heightOf(left)) / 2, heading, () => box.x + PAD)
    const end = box.x + box.width - PAD
    drawLines(paper, right, y + (height - heightOf(right)) / 2, facts, ({ width }) => end - width)
  }
  return { height, add: () => flow.add({ height, keepWithNext: true, draw }) }
}
