// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style".
import type { Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import type { Objective } from '../objectives/objective.ts'
import { components, content, style, totalVariation } from '../objectives/terms.ts'
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
  /** how it is painted: one painting, or several, each with its part */
  readonly painting: Picture | readonly StyleSource[]
  /** whose features keep the content; defaults to the network's own taste */
  readonly contentLayers?: readonly string[]
  /** whose correlations are the style; defaults to the network's own taste */
  readonly styleLayers?: readonly string[]
  /** how much the content counts against the style; defaults to 0.05 */
  readonly contentWeight?: number
  /** by how many principal components the content is compared; 0, the default, for the features as they are */
  readonly components?: number
  /** how much neighbouring pixels should be alike; defaults to 1e-5 */
  readonly smoothness?: number
  /** the side of the tiles by which larger canvases are painted, in bounded memory; 0, the default, for one piece */
  readonly tile?: number
  /** the longer side of the painting, in longer sides of the photograph: smaller gives finer strokes; defaults to 1 */
  readonly strokeSize?: number
  /** how many sizes, each twice the one before; defaults to 2 */
  readonly scales?: number
  /** the most steps at each size; defaults to 100 */
  readonly steps?: number
  /** the most minutes, shared among the sizes by their pixels; 0, the default, for no limit */
  readonly minutes?: number
  /** where to begin: the photograph, chance, or any picture; defaults to 'photograph' */
  readonly start?: 'photograph' | 'noise' | 'plasma' | Picture
  /** defaults to 1 */
  readonly seed?: number
}

/** A painting's part in a style. */
export interface StyleSource {
  readonly painting: Picture
  /** of paintings under the same mask, how much this one counts against the others; defaults to 1 */
  readonly share?: number
  /** where on the canvas this painting is the style: white; everywhere when left out */
  readonly mask?: Picture | undefined
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
    components: count = 0,
    smoothness = 1e-5,
    strokeSize = 1,
    scales = 2,
    steps = 100,
    minutes = 0,
    tile = 0,
    start = 'photograph',
    seed = 1,
  }: StyleTransferParams,
  { engine, resume, signal }: RecipeOptions<EnlargingState>,
): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const sizes = doublingSizes(photograph, scales)
  const keep = (target: Picture) =>
    count > 0
      ? components(contentLayers, target, { count, weight: contentWeight })
      : content(contentLayers, target, { weight: contentWeight })
  const sources = 'data' in painting ? [{ painting }] : painting
  return enlarge({
    engine,
    network,
    sizes,
    steps,
    minutes,
    start: startingPoint(start, photograph, sizes[0]!, seed),
    objectiveAt: (size) =>
      sum(
        keep(resize(photograph, size)),
        ...stylesOf(sources, styleLayers, Math.max(size.width, size.height) * strokeSize),
        totalVariation({ weight: smoothness }),
      ),
    edges: 'mirror',
    tile,
    resume,
    signal,
  })
}

/** A style for each mask: paintings that share it are blended. */
function stylesOf(sources: readonly StyleSource[], layers: readonly string[], longest: number): Objective[] {
  return [...Map.groupBy(sources, ({ mask }) => mask)].map(([mask, group]) => {
    const blend = group.map(({ painting, share = 1 }) => ({ picture: resize(painting, fit(painting, longest)), share }))
    return style(layers, blend, { mask })
  })
}

function startingPoint(
  start: NonNullable<StyleTransferParams['start']>,
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
    default:
      return start
  }
}
