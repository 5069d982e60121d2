// Fournier, Fussell and Carpenter 1982, "Computer rendering of stochastic models": diamond-square, here on a torus.
import { clamp, toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'
import { createRandom } from './random.ts'
import { resize } from './resize.ts'

export interface PlasmaOptions {
  /** the seed; defaults to 1 */
  seed?: number
  /** the deviation of the first colours around the mean, and of the first displacement; defaults to 60 */
  amplitude?: number
  /** how fast the displacement falls with the distance: distance to the power of this; defaults to 0.9 */
  roughness?: number
  /** the mean colour; defaults to grey */
  mean?: readonly [number, number, number]
}

/** Draws coloured clouds whose opposite edges join. */
export function plasma(
  size: Size,
  { seed = 1, amplitude = 60, roughness = 0.9, mean = [127, 127, 127] }: PlasmaOptions = {},
): Picture {
  const side = 2 ** Math.ceil(Math.log2(Math.max(size.width, size.height, 2)))
  const random = createRandom(seed)
  const data = new Float32Array(side * side * 3)
  const at = (x: number, y: number, c: number) => (((y + side) % side) * side + ((x + side) % side)) * 3 + c
  for (let c = 0; c < 3; c++) {
    data[at(0, 0, c)] = mean[c]! + amplitude * random.normal()
    for (let step = side; step > 1; step /= 2) {
      const half = step / 2
      const spread = amplitude * (step / side) ** roughness
      const displaced = (x: number, y: number, neighbours: readonly (readonly [number, number])[]) => {
        let sum = 0
        for (const [dx, dy] of neighbours) sum += data[at(x + dx * half, y + dy * half, c)]!
        data[at(x, y, c)] = sum / 4 + spread * random.normal()
      }
      for (let y = half; y < side; y += step) for (let x = half; x < side; x += step) displaced(x, y, DIAGONAL)
      for (let y = 0; y < side; y += half) {
        for (let x = (y + half) % step; x < side; x += step) displaced(x, y, STRAIGHT)
      }
    }
  }
  const square = toPicture(clamp(data), { width: side, height: side })
  return side === size.width && side === size.height ? square : resize(square, size)
}

const DIAGONAL = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const
const STRAIGHT = [
  [0, -1],
  [-1, 0],
  [1, 0],
  [0, 1],
] as const
