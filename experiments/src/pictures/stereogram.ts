// Thimbleby, Inglis and Witten 1994, "Displaying 3D images: algorithms for single-image random-dot stereograms".
import { toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'

export interface StereogramOptions {
  /** how much nearer the nearest point comes, in shares of the pattern's width; defaults to 0.3 */
  readonly depth?: number
}

/**
 * Hides a relief in copies of a pattern: looked at with eyes that rest behind the picture, it stands out.
 *
 * @param pattern Repeats from left to right; should tile
 * @param size Width and height of the stereogram
 * @param nearness How near a place is, 0 to 1
 */
export function stereogram(
  pattern: Picture,
  size: Size,
  nearness: (x: number, y: number) => number,
  { depth = 0.3 }: StereogramOptions = {},
): Picture {
  const data = new Float32Array(size.width * size.height * 3)
  for (let y = 0; y < size.height; y++) {
    const row = y * size.width
    for (let x = 0; x < size.width; x++) {
      const distance = Math.round(pattern.width * (1 - depth * nearness(x, y)))
      const from =
        x < pattern.width
          ? { pixels: pattern.data, at: (y % pattern.height) * pattern.width + x }
          : { pixels: data, at: row + x - distance }
      for (let c = 0; c < 3; c++) data[(row + x) * 3 + c] = from.pixels[from.at * 3 + c]!
    }
  }
  return toPicture(data, size)
}
