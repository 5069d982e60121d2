import type { CellContent, PlotPoint, PlotSpec, TableValue } from '../journal/schema.ts'

/** A table as RFC 4180: every row, numbers with all their digits. */
export function tableCsv({ columns, rows }: Pick<CellContent & { kind: 'table' }, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(','))
  return `${lines.join('\r\n')}\r\n`
}

/** The points of a plot, all of them, with their names above. */
export function pointsCsv({ x, y }: Pick<PlotSpec, 'x' | 'y'>, points: readonly PlotPoint[]): string {
  const names = [...new Set([x, ...(typeof y === 'string' ? [y] : y)])]
  const columns = names.map((name) => ({ name, type: 'number' as const }))
  return tableCsv({ columns, rows: points.map((point) => names.map((name) => point[name] ?? null)) })
}

/** CSV inside a page. */
export function csvDataUrl(csv: string): string {
  return `data:text/csv;charset=utf-8;base64,${Buffer.from(csv).toString('base64')}`
}

function field(value: TableValue): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
