import type { CellContent } from '../journal/schema.ts'

type Table = CellContent & { kind: 'table' }

export interface ColumnStatistics {
  name: string
  count: number
  mean: number
  deviation: number
  min: number
  median: number
  max: number
}

/** The figures in the order of their columns, with the words above them. */
export const STATISTICS: readonly { key: Exclude<keyof ColumnStatistics, 'name'>; label: string }[] = [
  { key: 'count', label: 'count' },
  { key: 'mean', label: 'mean' },
  { key: 'deviation', label: 'std. dev.' },
  { key: 'min', label: 'min' },
  { key: 'median', label: 'median' },
  { key: 'max', label: 'max' },
]

/** Of each column of numbers: count, mean, sample standard deviation, minimum, median, maximum. */
export function statisticsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): ColumnStatistics[] {
  return columns.flatMap(({ name, type }, index) => {
    if (type !== 'number') return []
    const values = rows.map((row) => row[index]).filter((value) => typeof value === 'number' && Number.isFinite(value))
    return values.length === 0 ? [] : [ofColumn(name, values as number[])]
  })
}

function ofColumn(name: string, values: number[]): ColumnStatistics {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const middle = (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2
  const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0
  return { name, count, mean, deviation, min: sorted[0]!, median: middle, max: sorted[count - 1]! }
}
