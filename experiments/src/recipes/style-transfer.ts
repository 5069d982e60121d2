// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style".
import { withAveragePooling } from '../networks/network.ts'
import type { Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import { content, style, totalVariation } from '../objectives/terms.ts'
import { plasma } from '../pictures/plasma.ts'
import { noise } from '../pictures/noise.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { fit, resize } from '../pictures/resize.ts'
import { doublingSizes, enlarge } from './enlarging.ts'
import type { EnlargingState } from './enlarging.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'

export interface StyleTransferParams {
  /** what is painted; the result has its size */
  readonly photograph: Picture
  /** how it is painted */
  readonly painting: Picture
  /** whose features keep the content; defaults to the network's own taste */
  readonly contentLayers?: readonly string[]
  /** whose correlations are the style; defaults to the network's own taste */
  readonly styleLayers?: readonly string[]
  /** how much the content counts against the style; defaults to 0.05 */
  readonly contentWeight?: number
  /** how much neighbouring pixels should be alike; defaults to 1e-5 */
  readonly smoothness?: number
  /** the longer side of the painting, in longer sides of the photograph: smaller gives finer strokes; defaults to 1 */
  readonly strokeSize?: number
  /** how many sizes, each twice the one before; defaults to 2 */
  readonly scales?: number
  /** the most steps at each size; defaults to 100 */
  readonly steps?: number
  /** defaults to 'photograph' */
  readonly start?: 'photograph' | 'noise' | 'plasma'
  /** defaults to 1 */
  readonly seed?: number
}

/**
 * Paints a photograph in the style of a painting: its features at the content layers, the painting's statistics at the style layers.
 * Differs from the paper in that it starts at a small size and is enlarged, and that each layer counts relative to its target.
 *
 * @yields every step that lowered the loss
 */
export function styleTransfer(
  network: Network,
  {
    photograph,
    painting,
    contentLayers = network.taste.content,
    styleLayers = network.taste.style,
    contentWeight = 0.05,
    smoothness = 1e-5,
    strokeSize = 1,
    scales = 2,
    steps = 100,
    start = 'photograph',
    seed = 1,
  }: StyleTransferParams,
  { engine, resume, signal }: RecipeOptions<EnlargingState>,
): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const sizes = doublingSizes(photograph, scales)
  return enlarge({
    engine,
    network: withAveragePooling(network),
    sizes,
    steps: sizes.map(() => steps),
    start: startingPoint(start, photograph, sizes[0]!, seed),
    objectiveAt: (size) =>
      sum(
        content(contentLayers, resize(photograph, size), { weight: contentWeight }),
        style(styleLayers, resize(painting, fit(painting, Math.max(size.width, size.height) * strokeSize))),
        totalVariation({ weight: smoothness }),
      ),
    edges: 'mirror',
    resume,
    signal,
  })
}

function startingPoint(
  start: 'photograph' | 'noise' | 'plasma',
  photograph: Picture,
  size: Size,
  seed: number,
): Picture {
  switch (start) {
    case 'photograph':
      return photograph
    case 'noise':
      return noise(size, { seed })
    case 'plasma':
      return plasma(size, { seed })
  }
}
