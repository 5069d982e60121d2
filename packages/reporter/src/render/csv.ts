import type { CellContent, TableValue } from '../journal/schema.ts'

/** A table as RFC 4180: every row, numbers with all their digits. */
export function tableCsv({ columns, rows }: Pick<CellContent & { kind: 'table' }, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function field(value: TableValue): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
