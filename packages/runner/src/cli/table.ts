/** Rows with the same keys as aligned columns under their names. */
export function toTable(rows: readonly Record<string, string>[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map(line).join('\n')
}
