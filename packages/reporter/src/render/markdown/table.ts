import type { RootContent } from 'mdast'
import type { DocumentCell } from '../../journal/document.ts'
import type { AssetRef, CellContent, TableValue } from '../../journal/schema.ts'
import { answersOf } from '../answer.ts'
import { assetHref } from '../asset.ts'
import { tablePath } from '../attachment.ts'
import { formatCount, formatNumber, formatSeconds } from '../format.ts'
import { STATISTICS, statisticsOf } from '../statistics.ts'
import { emphasis, folded, image, link, oneLine, paragraph, strong, table, type Inline } from './nodes.ts'

const MAX_ROWS = 100

export function tableNodes(cell: DocumentCell, content: CellContent & { kind: 'table' }): RootContent[] {
  const { columns, rows, caption, statistics } = content
  const align = columns.map(({ type }) => (type === 'number' ? 'right' : null))
  const shown = rows.slice(0, MAX_ROWS).map((row) => columns.map((_, index) => valueText(row[index] ?? null)))
  const nodes: RootContent[] = [table([columns.map(({ name }) => name), ...shown], align)]
  const found = statistics ? statisticsOf(content) : []
  if (found.length > 0) {
    const lines = found.map((column) => [column.name, ...STATISTICS.map(({ key }) => formatNumber(column[key]))])
    const titles = ['column', ...STATISTICS.map(({ label }) => label)]
    nodes.push(...folded('Statistics', [table([titles, ...lines], [null, ...STATISTICS.map(() => 'right' as const)])]))
  }
  const words = caption ?? `${formatCount(rows.length)} rows`
  const more = rows.length > MAX_ROWS ? `, the first ${MAX_ROWS} of ${formatCount(rows.length)} rows` : ''
  nodes.push(paragraph(emphasis(words + more), ' · ', link(tablePath(cell), 'CSV')))
  return nodes
}

/** @param show an answered picture; by default as a picture in its place */
export function questionNodes(
  cell: DocumentCell,
  content: CellContent & { kind: 'question' },
  show: (picture: AssetRef, words: string) => Inline = (picture, words) => image(assetHref(picture), words),
): RootContent[] {
  const name = strong(content.title ?? 'Question')
  if (cell.end === undefined)
    return [paragraph(name, ` waits for an answer to ${oneLine(Object.keys(content.fields).join(', '))}`)]
  const rows = answersOf(cell, content).map(({ label, words, picture }): Inline[] => [
    label,
    picture ? show(picture, words) : words,
  ])
  const note = paragraph(name, ` · answered after ${formatSeconds(cell.end.seconds)}`)
  return rows.length === 0 ? [note] : [note, table([['field', 'answer'], ...rows])]
}

function valueText(value: TableValue): string {
  if (value === null) return '–'
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value
}
