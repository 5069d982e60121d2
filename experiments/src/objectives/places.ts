import { resize } from '../pictures/resize.ts'
import type { Picture, Size } from '../pictures/picture.ts'

/**
 * What each place of a layer counts under a mask: its brightness there, scaled so that all places together count as without a mask.
 *
 * @param mask White counts, black does not
 * @param size Width and height of the layer's features
 * @returns `[height, width]`, with mean 1
 * @throws when the mask leaves nothing at this size
 */
export function placesUnder(mask: Picture, size: Size): Float32Array {
  const { data } = resize(mask, size)
  const brightness = Float32Array.from({ length: data.length / 3 }, (_, i) =>
    Math.max(0, data[3 * i]! + data[3 * i + 1]! + data[3 * i + 2]!),
  )
  const mean = brightness.reduce((all, value) => all + value, 0) / brightness.length
  if (mean > 0) return brightness.map((value) => value / mean)
  throw new RangeError(
    `A mask of ${mask.width} x ${mask.height} is black everywhere, so its term would see nothing. White is where the term counts`,
  )
}
