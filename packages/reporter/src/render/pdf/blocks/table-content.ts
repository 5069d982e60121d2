import type { PdfContext } from '../context.ts'
import type { Piece } from '../line/pieces.ts'
import { TABLE, bolder, type Look } from '../line/look.ts'
import { wordPieces } from '../line/pieces.ts'

export type Align = 'left' | 'right' | 'center'

/** A table before its columns have widths: a cell gives its pieces in a look, since wide tables are set smaller. */
export interface TableContent {
  align: Align[]
  /** the first row is the header */
  rows: ((look: Look) => Piece[])[][]
}

/** Rows of plain text. */
export function textTable(align: Align[], rows: readonly (readonly string[])[], { paper }: PdfContext): TableContent {
  return { align, rows: rows.map((row) => row.map((text) => (look: Look) => wordPieces(text, look, paper.fonts))) }
}

export function lookOf(row: number, size: number): Look {
  return { ...TABLE, size, face: row === 0 ? bolder(TABLE.face) : TABLE.face }
}
