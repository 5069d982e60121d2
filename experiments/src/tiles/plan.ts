import type { Size } from '../pictures/picture.ts'
import type { ReceptiveField } from './receptive-field.ts'

/** A part of the canvas that is evaluated at once: the features of its core depend on its pixels only. */
export interface Tile {
  readonly across: Span
  readonly down: Span
}

/** In pixels, each from the first to before the last. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly coreFrom: number
  readonly coreTo: number
}

/**
 * Cuts a canvas into tiles that overlap as far as the network sees and whose cores cover it. They start at multiples of the stride, so
 * that their features stand where those of the whole stand; all but the last of each row and column have one size.
 *
 * @param side The longest side of a tile, in pixels
 * @throws when the tiles would have no core
 */
export function planTiles(size: Size, field: ReceptiveField, side: number): Tile[] {
  const across = spans(size.width, field, side)
  const down = spans(size.height, field, side)
  return down.flatMap((y) => across.map((x) => ({ across: x, down: y })))
}

function spans(length: number, { stride, before, after }: ReceptiveField, side: number): Span[] {
  if (length <= side) return [{ from: 0, to: length, coreFrom: 0, coreTo: length }]
  const halo = Math.ceil(before / stride) * stride
  const step = Math.floor((side - halo - after) / stride) * stride
  if (step <= 0) {
    throw new RangeError(
      `A tile of ${side} pixels is smaller than what these layers see around a place. Take tiles of ${halo + after + stride} pixels or more, or lower layers`,
    )
  }
  const cut: Span[] = []
  for (let from = 0; ; from += step) {
    const end = from + halo + step + after
    const last = end >= length
    cut.push({
      from,
      to: last ? length : end,
      coreFrom: from === 0 ? 0 : from + halo,
      coreTo: last ? length : from + halo + step,
    })
    if (last) return cut
  }
}
