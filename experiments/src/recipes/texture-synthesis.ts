// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks".
import type { Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import { style, totalVariation } from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { plasma } from '../pictures/plasma.ts'
import { resize } from '../pictures/resize.ts'
import { doublingSizes, enlarge } from './enlarging.ts'
import type { EnlargingState } from './enlarging.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'

export interface TextureParams {
  /** the texture to make more of */
  readonly sample: Picture
  /** the size of the result; defaults to the sample's */
  readonly canvasSize?: Size
  /** whose correlations make the texture; defaults to the network's own taste */
  readonly layers?: readonly string[]
  /** how much neighbouring pixels should be alike; defaults to 1e-6 */
  readonly smoothness?: number
  /** how many sizes, each twice the one before; defaults to 3 */
  readonly scales?: number
  /** the most steps at each size; defaults to 100 */
  readonly steps?: number
  /** the most minutes, shared among the sizes by their pixels; 0, the default, for no limit */
  readonly minutes?: number
  /** whether opposite edges join, so that copies of the texture tile; defaults to true */
  readonly seamless?: boolean
  /** the side of the tiles by which larger canvases are made, in bounded memory; 0, the default, for one piece */
  readonly tile?: number
  /** defaults to 'plasma' */
  readonly start?: 'noise' | 'plasma'
  /** defaults to 1 */
  readonly seed?: number
}

/**
 * Makes a new texture with the statistics of a sample, from chance. Differs from the paper in that it starts small and is enlarged,
 * so that structures larger than the network's view come out too.
 *
 * @yields every step that lowered the loss
 */
export function textureSynthesis(
  network: Network,
  {
    sample,
    canvasSize = sample,
    layers = network.taste.style,
    smoothness = 1e-6,
    scales = 3,
    steps = 100,
    minutes = 0,
    seamless = true,
    tile = 0,
    start = 'plasma',
    seed = 1,
  }: TextureParams,
  { engine, resume, signal }: RecipeOptions<EnlargingState>,
): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const sizes = doublingSizes(canvasSize, scales)
  const first = start === 'noise' ? noise(sizes[0]!, { seed }) : plasma(sizes[0]!, { seed, mean: meanColor(sample) })
  return enlarge({
    engine,
    network,
    sizes,
    steps,
    minutes,
    start: first,
    objectiveAt: ({ width }) =>
      sum(style(layers, scaled(sample, width / canvasSize.width)), totalVariation({ weight: smoothness })),
    edges: seamless ? 'wrap' : 'mirror',
    tile,
    resume,
    signal,
  })
}

function scaled(sample: Picture, scale: number): Picture {
  return resize(sample, { width: Math.round(sample.width * scale), height: Math.round(sample.height * scale) })
}

function meanColor({ data }: Picture): [number, number, number] {
  const color: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < data.length; i++) color[i % 3]! += (data[i]! * 3) / data.length
  return color
}
