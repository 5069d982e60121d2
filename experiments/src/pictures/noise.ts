import { clamp, toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'
import { createRandom } from './random.ts'

export interface NoiseOptions {
  /** the seed; defaults to 1 */
  seed?: number
  /** the mean of every channel; defaults to 127 */
  mean?: number
  /** the standard deviation; defaults to 30 */
  deviation?: number
}

/** Draws normal noise, independent per pixel and channel: the usual start of a texture. */
export function noise(size: Size, { seed = 1, mean = 127, deviation = 30 }: NoiseOptions = {}): Picture {
  const random = createRandom(seed)
  const data = Float32Array.from({ length: size.width * size.height * 3 }, () => mean + deviation * random.normal())
  return toPicture(clamp(data), size)
}
