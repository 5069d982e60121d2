import { PassThrough, type Readable } from 'node:stream'
import type { NotebookDocument } from '../../journal/document.ts'
import { outlineOf } from '../outline.ts'
import type { RenderOptions } from '../options.ts'
import { addCell } from './cells/cell.ts'
import { addContents } from './contents.ts'
import type { PdfContext } from './context.ts'
import { Flow } from './flow/flow.ts'
import { Formulas } from './media/formulas.ts'
import { picturesOf } from './media/coming.ts'
import { Pictures } from './media/pictures.ts'
import { addClosing, addOpening } from './opening.ts'
import { PAGE, Paper } from './paper.ts'
import { drawRunningLines } from './running-lines.ts'

/**
 * One notebook as a tagged PDF (PDF/UA-1), with outline, contents and vector plots. The same journal gives the same bytes.
 *
 * @returns the file, as it is made; destroyed with the reason when it cannot be
 */
export function renderPdf(document: NotebookDocument, { folder }: Pick<RenderOptions, 'folder'>): Readable {
  const { begin, startedAt } = document
  const outline = outlineOf(document)
  const paper = new Paper({ title: begin.title, subject: `${begin.file} · ${begin.run}`, at: startedAt }, outline)
  const context: PdfContext = {
    document,
    outline,
    paper,
    flow: new Flow(paper),
    pictures: new Pictures(paper, folder, picturesOf(document.cells)),
    formulas: new Formulas(paper),
    pages: new Map(),
  }
  const file = new PassThrough()
  paper.doc.on('error', (error: Error) => file.destroy(error)).pipe(file)
  fill(context).catch((error: Error) => file.destroy(error))
  return file
}

async function fill(context: PdfContext): Promise<void> {
  const { document, paper, flow } = context
  const box = { x: PAGE.left, width: PAGE.width - PAGE.left - PAGE.right, tag: paper.root }
  await addOpening(box, context)
  const fillContents = addContents(box, context)
  for (const cell of document.cells) await addCell(cell, box, context)
  await addClosing(box, context)
  flow.finish()
  fillContents()
  drawRunningLines(context)
  paper.end()
}
