import { marginOf } from '../engines/edges.ts'
import type { Edges } from '../engines/edges.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'

/** A canvas with what the network sees around it, as engines add it to a whole canvas. */
export function surrounded(canvas: Picture, edges: Edges): Picture {
  const [columns, rows] = sources(canvas, edges)
  const data = new Float32Array(columns.length * rows.length * 3)
  visit(canvas, columns, rows, (inside, outside) => {
    for (let c = 0; c < 3; c++) data[outside + c] = canvas.data[inside + c]!
  })
  return toPicture(data, { width: columns.length, height: rows.length })
}

/** Carries a gradient back from a canvas with its surroundings to the canvas. */
export function folded(gradient: Float32Array, size: Size, edges: Edges): Float32Array {
  const [columns, rows] = sources(size, edges)
  const sum = new Float32Array(size.width * size.height * 3)
  visit(size, columns, rows, (inside, outside) => {
    for (let c = 0; c < 3; c++) sum[inside + c]! += gradient[outside + c]!
  })
  return sum
}

/** Where each column and each row comes from. */
function sources(size: Size, edges: Edges): [columns: number[], rows: number[]] {
  const margin = marginOf(edges, size)
  const along = (length: number) =>
    Array.from({ length: length + 2 * margin }, (_, i) => {
      const at = i - margin
      if (edges === 'wrap') return (at + length) % length
      return at < 0 ? -at : at < length ? at : 2 * (length - 1) - at
    })
  return [along(size.width), along(size.height)]
}

function visit(
  { width }: Size,
  columns: readonly number[],
  rows: readonly number[],
  callback: (inside: number, outside: number) => void,
): void {
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      callback((row * width + column) * 3, (y * columns.length + x) * 3)
    }
  }
}
