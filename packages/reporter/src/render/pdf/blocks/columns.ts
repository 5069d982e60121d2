import type { Piece } from '../line/pieces.ts'
import { lookOf, type TableContent } from './table-content.ts'

export const CELL_PAD = 5
const SIZES = [8.8, 8, 7.2, 6.5]
/** A word wider than this may be divided, in points. */
const LONGEST_WORD = 96
/** Columns are measured by their header and so many rows. */
const SAMPLE = 120

interface Range {
  least: number
  most: number
}

/** How a table is set: size of its text, and its columns with their widths; several bands when they do not fit side by side. */
export interface TablePlan {
  size: number
  bands: { columns: number[]; widths: number[] }[]
}

export function planTable(content: TableContent, width: number): TablePlan {
  for (const size of SIZES) {
    const ranges = rangesOf(content, size)
    const least = ranges.reduce((sum, range) => sum + range.least, 0)
    if (least <= width)
      return { size, bands: [{ columns: ranges.map((_, index) => index), widths: share(ranges, width) }] }
  }
  const size = SIZES.at(-1)!
  const ranges = rangesOf(content, size)
  return {
    size,
    bands: bandsOf(ranges, width).map((columns) => ({
      columns,
      widths: share(
        columns.map((column) => ranges[column]!),
        width,
      ),
    })),
  }
}

/** Columns that fit side by side; every further band repeats the first column, which names the rows. */
function bandsOf(ranges: readonly Range[], width: number): number[][] {
  const bands: number[][] = []
  let band: number[] = []
  let used = 0
  ranges.forEach(({ least }, column) => {
    if (band.length > 1 && used + least > width) {
      bands.push(band)
      band = [0]
      used = ranges[0]!.least
    }
    band.push(column)
    used += least
  })
  bands.push(band)
  return bands
}

function rangesOf({ rows }: TableContent, size: number): Range[] {
  const ranges: Range[] = (rows[0] ?? []).map(() => ({ least: 12, most: 12 }))
  rows.slice(0, SAMPLE).forEach((row, index) => {
    row.forEach((cell, column) => {
      const pieces = cell(lookOf(index, size))
      const range = ranges[column]!
      const word = Math.min(longestWord(pieces), LONGEST_WORD)
      const whole = pieces.reduce((sum, piece) => sum + piece.width, 0)
      range.least = Math.max(range.least, word + 2 * CELL_PAD + 1)
      range.most = Math.max(range.most, whole + 2 * CELL_PAD + 1)
    })
  })
  return ranges
}

function longestWord(pieces: readonly Piece[]): number {
  let longest = 0
  let word = 0
  for (const piece of pieces) {
    word += piece.width
    if (!piece.breakAfter) continue
    longest = Math.max(longest, word - piece.blank)
    word = 0
  }
  return Math.max(longest, word)
}

/** Between the longest word and the longest line of each column, as browsers do; a narrow table stays narrow. */
function share(ranges: readonly Range[], width: number): number[] {
  const [least, most] = [sum(ranges, 'least'), sum(ranges, 'most')]
  if (most <= width) return ranges.map((range) => range.most)
  const part = most > least ? Math.max(0, (width - least) / (most - least)) : 0
  const found = ranges.map((range) => range.least + (range.most - range.least) * part)
  const total = found.reduce((one, other) => one + other, 0)
  return found.map((one) => (one * width) / total)
}

function sum(ranges: readonly Range[], key: keyof Range): number {
  return ranges.reduce((total, range) => total + range[key], 0)
}
