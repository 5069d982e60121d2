import type { DocumentCell } from '../../../journal/document.ts'
import type { CellContent } from '../../../journal/schema.ts'
import { answersOf } from '../../answer.ts'
import { plotSvg } from '../../plot/draw.ts'
import { captionOf, describePlot } from '../../plot/words.ts'
import { cellNodes } from '../../markdown/cell.ts'
import { questionNodes } from '../../markdown/table.ts'
import { treeOf } from '../../outline.ts'
import { addBar } from '../blocks/boxes.ts'
import { addFigure, addSvg } from '../blocks/figure.ts'
import { headingLook, markEntry } from '../blocks/heading.ts'
import { addNote } from '../blocks/note.ts'
import { addProse } from '../blocks/prose.ts'
import { addPlain } from '../blocks/text.ts'
import type { Box, PdfContext } from '../context.ts'
import { BODY } from '../line/look.ts'
import { addCodeCell } from './code.ts'
import { addError } from './error.ts'
import { addPictures } from './pictures.ts'
import { addTableCell } from './table.ts'
import { addValue } from './value.ts'

const PLOT = { width: 720, height: 340 }

/** One cell with all that lies in it. */
export async function addCell(cell: DocumentCell, box: Box, context: PdfContext): Promise<void> {
  const { content, id } = cell
  switch (content.kind) {
    case 'markdown':
      return await addProse(treeOf(content), box, context, context.outline.headings.get(id))
    case 'code':
      return await addCodeCell(cell, content, box, context, async (inside) => {
        for (const child of cell.children) await addCell(child, inside, context)
      })
    case 'display':
      if (content.title !== undefined) addTitle(content.title, box, context)
      return await addValue(content.data, id, box, context)
    case 'image':
      return await addFigure(content.image, content, box, context)
    case 'compare':
      return await addPictures(
        [
          { image: content.before, alt: `${content.alt}, before`, caption: 'before' },
          { image: content.after, alt: `${content.alt}, after`, caption: 'after' },
        ],
        2,
        box,
        context,
      )
    case 'gallery':
      return await addPictures(content.items, 3, box, context)
    case 'video': {
      const caption = `${content.alt}; a film of ${content.frames} frames, ${content.fps} per second, of which this is one`
      return await addFigure(content.poster, { alt: content.alt, caption }, box, context)
    }
    case 'table':
      return addTableCell(content, box, context)
    case 'plot':
      return await addPlot(cell, content, box, context)
    case 'question':
      return await addQuestion(cell, content, box, context)
    case 'details':
    case 'subreport':
      return await addBox(cell, content, box, context)
    default:
      return await addWords(cell, box, context)
  }
}

async function addPlot(
  cell: DocumentCell,
  { spec }: CellContent & { kind: 'plot' },
  box: Box,
  context: PdfContext,
): Promise<void> {
  const svg = await plotSvg(spec, cell.points, 'paper')
  const figure = { ...PLOT, alt: describePlot(spec, cell.points), caption: captionOf(spec) }
  await addSvg(svg, figure, box, context)
}

/** A box's title stands in the outline; what lies in it is set off by a bar. */
async function addBox(
  cell: DocumentCell,
  content: CellContent & { kind: 'details' | 'subreport' },
  box: Box,
  context: PdfContext,
): Promise<void> {
  const entry = context.outline.titles.get(cell.id)
  const look = headingLook(entry?.level ?? 4)
  addPlain(content.title, look, box, context, {
    space: look.size * 1.2,
    keepWithNext: true,
    type: `H${entry?.level ?? 4}`,
    placed: (y) => entry && markEntry(entry, box.x, y, context),
  })
  await addBar({ ...box, tag: context.paper.tag(box.tag, 'Sect') }, context, { space: 4 }, async (inside) => {
    for (const child of cell.children) await addCell(child, inside, context)
    if (cell.end?.error) await addError(cell.end.error, inside, context)
    if (cell.children.length === 0 && !cell.end?.error) addNote('Nothing in it.', inside, context)
  })
}

/** What was answered, and below it the pictures among the answers. */
async function addQuestion(
  cell: DocumentCell,
  content: CellContent & { kind: 'question' },
  box: Box,
  context: PdfContext,
): Promise<void> {
  const nodes = questionNodes(cell, content, (_, words) => words)
  await addProse({ type: 'root', children: nodes }, box, context)
  const pictures = answersOf(cell, content).flatMap(({ label, words, picture }) => {
    const caption = `${label}: ${words}`
    return picture ? [{ image: picture, alt: caption, caption }] : []
  })
  if (pictures.length > 0) await addPictures(pictures, 2, box, context)
}

/** What needs no more than words: as Markdown says it. */
async function addWords(cell: DocumentCell, box: Box, context: PdfContext): Promise<void> {
  const { document, outline } = context
  const nodes = await cellNodes(cell, {
    outline,
    provenance: document.begin.provenance,
    running: document.status === 'running',
  })
  await addProse({ type: 'root', children: nodes }, box, context)
}

function addTitle(title: string, box: Box, context: PdfContext): void {
  addPlain(title, { ...BODY, face: 'sansBold', size: 9.4 }, box, context, { space: 9, keepWithNext: true })
}
