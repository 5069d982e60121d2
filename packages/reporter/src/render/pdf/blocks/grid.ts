import { COLORS } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import { drawLine } from '../line/draw.ts'
import { fillLines, type Line } from '../line/fill.ts'
import type { Tag } from '../paper.ts'
import { CELL_PAD, planTable } from './columns.ts'
import { lookOf, type TableContent } from './table-content.ts'
import { heightOf } from './text.ts'

const ROW_PAD = 3.2

interface Band {
  x: number
  widths: number[]
  align: TableContent['align']
}
interface Row {
  cells: Line[][]
  height: number
}

export interface GridOptions {
  space?: number
  /** a caption follows, which the last row holds to */
  captioned?: boolean
}

/** A table: no row is cut, the header stands above each page's part, and wide tables are set smaller or in parts below each other. */
export function addGrid(content: TableContent, box: Box, context: PdfContext, options: GridOptions = {}): void {
  const { size, bands } = planTable(content, box.width)
  for (const { columns, widths } of bands) {
    const band = { x: box.x, widths, align: columns.map((column) => content.align[column] ?? 'left') }
    const rows = content.rows.map((row, index) => {
      const look = lookOf(index, size)
      const cells = columns.map((column, order) =>
        fillLines(row[column]!(look), widths[order]! - 2 * CELL_PAD, context.paper.fonts, look),
      )
      return { cells, height: Math.max(size * 1.3, ...cells.map(heightOf)) + 2 * ROW_PAD }
    })
    addBand(band, rows, box, context, options)
  }
}

function addBand(
  band: Band,
  rows: readonly Row[],
  box: Box,
  context: PdfContext,
  { space = 10, captioned = false }: GridOptions,
): void {
  const { paper, flow } = context
  const table = paper.tag(box.tag, 'Table')
  const [head] = rows
  flow.add({ height: space, keepWithNext: true })
  flow.open({
    repeat: {
      height: head!.height,
      draw: (y) => paper.artifact(() => drawRow(band, head!, y, context, { header: true }), 'Pagination'),
    },
  })
  rows.forEach((row, index) => {
    const cells = cellTags(row, table, index === 0, context)
    const parts = partsOf(row, flow.pageHeight * 0.5)
    parts.forEach((part, order) => {
      const last = order === parts.length - 1
      flow.add({
        height: part.height,
        keepWithNext:
          index === 0 ||
          (last && ((index === rows.length - 2 && rows.length > 2) || (captioned && index === rows.length - 1))),
        draw: (y) => drawRow(band, part, y, context, { header: index === 0, cells, ruled: last }),
      })
    })
  })
  flow.close()
}

function cellTags(row: Row, table: Tag, header: boolean, { paper }: PdfContext): Tag[] {
  const tr = paper.tag(table, 'TR')
  return row.cells.map(() => paper.tag(tr, header ? 'TH' : 'TD', header ? { scope: 'Column' } : {}))
}

/** A row that is taller than half a page is divided between its lines, all others stay whole. */
function partsOf(row: Row, most: number): Row[] {
  if (row.height <= most) return [row]
  const parts: Row[] = []
  const rest = row.cells.map((lines) => [...lines])
  while (rest.some((lines) => lines.length > 0)) {
    const cells = rest.map((lines) => {
      let taken = 0
      let count = 0
      while (count < lines.length && taken + lines[count]!.height <= most) taken += lines[count++]!.height
      return lines.splice(0, Math.max(count, lines.length > 0 ? 1 : 0))
    })
    parts.push({ cells, height: Math.max(...cells.map(heightOf)) + 2 * ROW_PAD })
  }
  return parts
}

/** @param cells the row's elements; without them the row is decoration */
function drawRow(
  { x, widths, align }: Band,
  row: Row,
  y: number,
  { paper }: PdfContext,
  { header, cells, ruled = true }: { header: boolean; cells?: Tag[]; ruled?: boolean },
): void {
  const { doc } = paper
  const width = widths.reduce((sum, one) => sum + one, 0)
  const frame = (): void => {
    if (!ruled) return
    const bottom = y + row.height
    doc.moveTo(x, bottom).lineTo(x + width, bottom)
    doc.lineWidth(header ? 1 : 0.5).stroke(header ? COLORS.strongLine : COLORS.line)
  }
  if (cells) paper.artifact(frame)
  else frame()
  let left = x
  row.cells.forEach((lines, column) => {
    const room = widths[column]! - 2 * CELL_PAD
    let top = y + ROW_PAD
    for (const line of lines) {
      const slack =
        align[column] === 'right' ? room - line.width : align[column] === 'center' ? (room - line.width) / 2 : 0
      drawLine(paper, line, left + CELL_PAD + Math.max(0, slack), top, cells?.[column] ?? null)
      top += line.height
    }
    left += widths[column]!
  })
}
