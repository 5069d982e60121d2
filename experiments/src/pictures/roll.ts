import { toPicture } from './picture.ts'
import type { Picture } from './picture.ts'

/** Shifts a picture right by `dx` and down by `dy` pixels; what leaves at one edge comes in at the other. */
export function roll(picture: Picture, dx: number, dy: number): Picture {
  const { width, height, data } = picture
  const shift = ((dx % width) + width) % width
  const rolled = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    const from = y * width * 3
    const to = ((((y + dy) % height) + height) % height) * width * 3
    rolled.set(data.subarray(from, from + (width - shift) * 3), to + shift * 3)
    rolled.set(data.subarray(from + (width - shift) * 3, from + width * 3), to)
  }
  return toPicture(rolled, picture)
}
