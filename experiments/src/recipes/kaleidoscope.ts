import type { Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import { style, totalVariation } from '../objectives/terms.ts'
import type { Picture } from '../pictures/picture.ts'
import { plasma } from '../pictures/plasma.ts'
import { fit, resize } from '../pictures/resize.ts'
import { symmetrized } from '../pictures/symmetry.ts'
import { doublingSizes, enlarge } from './enlarging.ts'
import type { EnlargingState } from './enlarging.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'

export interface KaleidoscopeParams {
  /** whose statistics the kaleidoscope shows */
  readonly painting: Picture
  /** the side of the result in pixels */
  readonly side: number
  /** whose correlations are the style; defaults to the network's own taste */
  readonly layers?: readonly string[]
  /** how many sizes, each twice the one before; defaults to 3 */
  readonly scales?: number
  /** the most steps at each size; defaults to 100 */
  readonly steps?: number
  /** the most minutes, shared among the sizes by their pixels; 0, the default, for no limit */
  readonly minutes?: number
  /** defaults to 1 */
  readonly seed?: number
}

/**
 * Makes a picture with a painting's statistics that is the same in each of eight mirrored segments: the network sees the canvas
 * through the kaleidoscope, so that what it paints fits its mirror images.
 *
 * @yields every step that lowered the loss
 */
export function kaleidoscope(
  network: Network,
  { painting, side, layers = network.taste.style, scales = 3, steps = 100, minutes = 0, seed = 1 }: KaleidoscopeParams,
  { engine, resume, signal }: RecipeOptions<EnlargingState>,
): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const sizes = doublingSizes({ width: side, height: side }, scales)
  return enlarge({
    engine,
    network,
    sizes,
    steps,
    minutes,
    start: plasma(sizes[0]!, { seed, amplitude: 120 }),
    objectiveAt: ({ width }) =>
      sum(style(layers, resize(painting, fit(painting, width))), totalVariation({ weight: 1e-6 })),
    seenThrough: symmetrized,
    edges: 'mirror',
    tile: 0,
    resume,
    signal,
  })
}
