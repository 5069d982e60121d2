import { inspect } from 'node:util'
import type { CellContent, TableColumn, TableValue } from '../../journal/schema.ts'

/** Rows as a table: columns in the order their keys come up, with the type that all their values have. */
export function tableContent(
  rows: readonly object[],
  { caption, statistics = false }: { caption?: string; statistics?: boolean },
): CellContent & { kind: 'table' } {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  const columns = [...names]
  const values = rows.map((row) => columns.map((name) => toValue((row as Record<string, unknown>)[name])))
  return {
    kind: 'table',
    columns: columns.map((name, index) => ({ name, type: typeOf(values.map((row) => row[index] ?? null)) })),
    rows: values,
    ...(caption !== undefined && { caption }),
    statistics,
  }
}

/** JSON has no NaN and no infinity: they are shown as text, so that nobody takes them for missing. */
function toValue(value: unknown): TableValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  return inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 500 })
}

function typeOf(values: readonly TableValue[]): TableColumn['type'] {
  const types = new Set(values.filter((value) => value !== null).map((value) => typeof value))
  const [type] = types
  return types.size === 1 ? (type as 'number' | 'string' | 'boolean') : types.size === 0 ? 'string' : 'mixed'
}
