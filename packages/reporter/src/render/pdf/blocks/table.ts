import type { Table } from 'mdast'
import type { Box, PdfContext } from '../context.ts'
import type { Look } from '../line/look.ts'
import { addGrid } from './grid.ts'
import { inlinePieces, type References } from './inline.ts'

export function addMarkdownTable(node: Table, box: Box, context: PdfContext, references: References): void {
  const count = Math.max(...node.children.map((row) => row.children.length))
  const rows = node.children.map((row) =>
    Array.from(
      { length: count },
      (_, column) => (look: Look) => inlinePieces(row.children[column]?.children ?? [], look, context, references),
    ),
  )
  addGrid({ align: Array.from({ length: count }, (_, index) => node.align?.[index] ?? 'left'), rows }, box, context)
}
