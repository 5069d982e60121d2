import { toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'

/** A mask that is white in an ellipse in the middle, with a soft edge, and black outside. */
export function ellipse({ width, height }: Size): Picture {
  const data = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const radius = Math.hypot((2 * x) / (width - 1) - 1, (2 * y) / (height - 1) - 1)
    return 255 * Math.min(1, Math.max(0, (EDGE - radius) / SOFTNESS + 0.5))
  })
  return toPicture(data, { width, height })
}

/** White where the mask is black. */
export function inverted(mask: Picture): Picture {
  return toPicture(
    mask.data.map((value) => 255 - value),
    mask,
  )
}

/** In half sides of the picture. */
const EDGE = 0.75
const SOFTNESS = 0.1
