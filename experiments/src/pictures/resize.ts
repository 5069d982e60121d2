import { toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'

/**
 * Resizes by a triangle filter: bilinear when it enlarges, an average over the covered pixels when it shrinks.
 * Works on any values (also the differences of pictures), which image libraries do not.
 */
export function resize(picture: Picture, size: Size): Picture {
  const { width, height } = size
  if (width === picture.width && height === picture.height) return picture
  const across = weights(picture.width, width)
  const down = weights(picture.height, height)
  const rows = new Float32Array(picture.height * width * 3)
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, values } = across[x]!
      accumulate(rows, (y * width + x) * 3, picture.data, (y * picture.width + first) * 3, 3, values)
    }
  }
  const data = new Float32Array(height * width * 3)
  for (let y = 0; y < height; y++) {
    const { first, values } = down[y]!
    for (let x = 0; x < width; x++) {
      accumulate(data, (y * width + x) * 3, rows, (first * width + x) * 3, width * 3, values)
    }
  }
  return toPicture(data, size)
}

/** The largest size with the picture's proportions whose longer side is `longest`. */
export function fit({ width, height }: Size, longest: number): Size {
  const scale = longest / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

interface Weights {
  readonly first: number
  readonly values: Float32Array
}

function weights(from: number, to: number): Weights[] {
  const scale = from / to
  const radius = Math.max(1, scale)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5
    const first = Math.max(0, Math.ceil(centre - radius))
    const last = Math.min(from - 1, Math.floor(centre + radius))
    const values = Float32Array.from({ length: last - first + 1 }, (__, k) =>
      Math.max(0, 1 - Math.abs(first + k - centre) / radius),
    )
    const sum = values.reduce((a, b) => a + b, 0)
    return { first, values: values.map((value) => value / sum) }
  })
}

function accumulate(
  target: Float32Array,
  at: number,
  source: Float32Array,
  from: number,
  stride: number,
  values: Float32Array,
): void {
  for (let c = 0; c < 3; c++) {
    let sum = 0
    for (let k = 0; k < values.length; k++) sum += source[from + k * stride + c]! * values[k]!
    target[at + c] = sum
  }
}
