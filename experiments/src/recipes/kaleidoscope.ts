import { compile } from '../evaluator.ts'
import { withAveragePooling } from '../networks/network.ts'
import type { Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import { style, totalVariation } from '../objectives/terms.ts'
import { LBFGS_BYTES_PER_PIXEL, lbfgs } from '../optimizers/lbfgs.ts'
import type { LbfgsState } from '../optimizers/lbfgs.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture } from '../pictures/picture.ts'
import { plasma } from '../pictures/plasma.ts'
import { fit, resize } from '../pictures/resize.ts'
import { symmetrized } from '../pictures/symmetry.ts'
import { assertFits } from '../tiles/memory.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'

export interface KaleidoscopeParams {
  /** whose statistics the kaleidoscope shows */
  readonly painting: Picture
  /** the side of the result in pixels */
  readonly side: number
  /** whose correlations are the style; defaults to the network's own taste */
  readonly layers?: readonly string[]
  /** the most steps; defaults to 100 */
  readonly steps?: number
  /** defaults to 1 */
  readonly seed?: number
}

/**
 * Makes a picture with a painting's statistics that is the same in each of eight mirrored segments: the network sees the canvas
 * through the kaleidoscope, so that what it paints fits its mirror images.
 *
 * @yields every step that lowered the loss
 */
export async function* kaleidoscope(
  network: Network,
  { painting, side, layers = network.taste.style, steps = 100, seed = 1 }: KaleidoscopeParams,
  { engine, resume, signal }: RecipeOptions<LbfgsState>,
): AsyncGenerator<RecipeStep<LbfgsState>, void, undefined> {
  const size = { width: side, height: side }
  const objective = sum(style(layers, resize(painting, fit(painting, side))), totalVariation({ weight: 1e-6 }))
  assertFits(network, objective, size, { engine, edges: 'mirror', bytesPerPixel: LBFGS_BYTES_PER_PIXEL })
  await using evaluator = await compile(engine, withAveragePooling(network), objective, size, { edges: 'mirror' })
  const seen = (canvas: Float32Array) => symmetrized(toPicture(canvas, size))
  const evaluate = async (canvas: Float32Array) => {
    const { gradient, ...evaluation } = await evaluator.evaluate(seen(canvas).data)
    return { ...evaluation, gradient: seen(gradient).data }
  }
  const start = seen(plasma(size, { seed, amplitude: 120 }).data)
  for await (const { canvas, ...step } of lbfgs(evaluate, start.data, { steps, resume, signal })) {
    yield { ...step, width: side, pixels: seen(canvas) }
  }
}
