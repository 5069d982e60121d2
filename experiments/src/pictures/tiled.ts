import { toPicture } from './picture.ts'
import type { Picture } from './picture.ts'

/** Copies of a picture beside and below one another, `times` each way: shows whether its edges join. */
export function tiled({ data, width, height }: Picture, times: number): Picture {
  const size = { width: width * times, height: height * times }
  const copies = new Float32Array(size.width * size.height * 3)
  for (let y = 0; y < size.height; y++) {
    const from = (y % height) * width * 3
    const row = data.subarray(from, from + width * 3)
    for (let i = 0; i < times; i++) copies.set(row, (y * times + i) * width * 3)
  }
  return toPicture(copies, size)
}
