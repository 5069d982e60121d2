import { toPicture } from './picture.ts'
import type { Picture } from './picture.ts'

/**
 * The mean of a square picture and its seven mirrored and turned copies: what a kaleidoscope of eight segments shows. As a projection
 * it is its own adjoint, so the gradient through it is the symmetrised gradient.
 *
 * @throws when the picture is not square
 */
export function symmetrized({ data, width, height }: Picture): Picture {
  if (width !== height) throw new RangeError(`A kaleidoscope needs a square picture, got ${width} x ${height}`)
  const mean = new Float32Array(data.length)
  const last = width - 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (const [a, b] of [
          [x, y],
          [y, x],
        ] as const) {
          for (const row of [b, last - b])
            for (const column of [a, last - a]) sum += data[(row * width + column) * 3 + c]!
        }
        mean[(y * width + x) * 3 + c] = sum / 8
      }
    }
  }
  return toPicture(mean, { width, height })
}
