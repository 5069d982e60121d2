import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { CellId } from '../journal/schema.ts'
import { richest, valueText } from './bundle.ts'
import { pointsCsv, tableCsv } from './csv.ts'
import { fullLogs, isCut } from './log.ts'
import { plotSvg } from './plot/draw.ts'

/** A text file beside a report that the report links to: the whole of a log or a value that was cut, a table as CSV, a plot as SVG. */
export interface Attachment {
  /** relative to the notebook's page */
  path: string
  /** makes it: a plot takes milliseconds to draw */
  read(): string | Promise<string>
}

/** Every text file that the pages of a notebook link to. */
export function attachmentsOf(document: Pick<NotebookDocument, 'cells'>): Attachment[] {
  const found: Attachment[] = fullLogs(document).map(({ path, text }) => ({ path, read: () => text }))
  const add = (path: string, read: Attachment['read']) => found.push({ path, read })
  const visit = (cells: readonly DocumentCell[]): void => {
    for (const cell of cells) {
      const { content } = cell
      if (content.kind === 'table') add(tablePath(cell), () => tableCsv(content))
      if (content.kind === 'plot') add(pointsPath(cell), () => pointsCsv(content.spec, cell.points))
      if (content.kind === 'plot')
        add(plotPath(cell), async () => onWhite(await plotSvg(content.spec, cell.points, 'paper')))
      const bundle = content.kind === 'display' ? content.data : cell.end?.value
      const value = bundle && richest(bundle, { textFirst: true })
      if (value?.kind === 'svg') add(svgPath(cell.id), () => value.text)
      if (value?.kind === 'text' || value?.kind === 'json') {
        const text = valueText(value)
        if (isCut(text)) add(valuePath(cell.id, value.kind), () => text)
      }
      visit(cell.children)
    }
  }
  visit(document.cells)
  return found
}

export function tablePath({ id }: Pick<DocumentCell, 'id'>): string {
  return `tables/${safe(id)}.csv`
}

/** A plot for media that cannot draw it themselves. */
export function plotPath({ id }: Pick<DocumentCell, 'id'>): string {
  return `plots/${safe(id)}.svg`
}

/** The numbers of a plot. */
export function pointsPath({ id }: Pick<DocumentCell, 'id'>): string {
  return `plots/${safe(id)}.csv`
}

/** An SVG that a cell returned or displayed. */
export function svgPath(id: CellId): string {
  return `plots/${safe(id)}-value.svg`
}

/** The whole of a value that the PDF and Markdown cut. */
export function valuePath(id: CellId, language: string): string {
  return `values/${safe(id)}.${language === 'json' ? 'json' : 'txt'}`
}

function safe(id: CellId): string {
  return id.replace(/[^\w-]/g, '_')
}

/** Dark ink needs paper: a reader's page may be dark. */
function onWhite(svg: string): string {
  return svg.replace('>', '><rect width="100%" height="100%" fill="#fff"/>')
}
