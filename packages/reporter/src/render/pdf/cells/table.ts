import type { CellContent, TableValue } from '../../../journal/schema.ts'
import { formatCount, formatNumber } from '../../format.ts'
import { STATISTICS, statisticsOf } from '../../statistics.ts'
import { addGrid } from '../blocks/grid.ts'
import { addNote } from '../blocks/note.ts'
import { textTable } from '../blocks/table-content.ts'
import type { Box, PdfContext } from '../context.ts'

/** More rows fill pages that nobody reads; the CSV beside the report has all. */
const MAX_ROWS = 400

export function addTableCell(content: CellContent & { kind: 'table' }, box: Box, context: PdfContext): void {
  const { columns, rows, caption, statistics } = content
  if (columns.length === 0) return addNote(caption ?? 'A table without rows.', box, context)
  const align = columns.map(({ type }) => (type === 'number' ? ('right' as const) : ('left' as const)))
  const shown = rows.slice(0, MAX_ROWS).map((row) => columns.map((_, index) => valueText(row[index] ?? null)))
  addGrid(textTable(align, [columns.map(({ name }) => name), ...shown], context), box, context, { captioned: true })
  const more = rows.length > MAX_ROWS ? `, the first ${MAX_ROWS} of ${formatCount(rows.length)} rows` : ''
  addNote(`${caption ?? `${formatCount(rows.length)} rows`}${more}`, box, context)
  const found = statistics ? statisticsOf(content) : []
  if (found.length === 0) return
  const titles = ['column', ...STATISTICS.map(({ label }) => label)]
  const figures = found.map((column) => [column.name, ...STATISTICS.map(({ key }) => formatNumber(column[key]))])
  const sides = titles.map((_, index) => (index === 0 ? ('left' as const) : ('right' as const)))
  addGrid(textTable(sides, [titles, ...figures], context), box, context, { space: 8 })
}

function valueText(value: TableValue): string {
  if (value === null) return '–'
  if (typeof value === 'number') return formatNumber(value)
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
}
