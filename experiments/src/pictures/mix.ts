import { toPicture } from './picture.ts'
import type { Picture } from './picture.ts'

/** A picture between two of one size: the first at `share` 0, the second at 1. */
export function mix(first: Picture, second: Picture, share: number): Picture {
  return toPicture(
    first.data.map((value, i) => value + share * (second.data[i]! - value)),
    first,
  )
}
