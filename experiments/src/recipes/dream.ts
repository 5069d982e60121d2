// Mordvintsev, Olah and Tyka 2015, "Inceptionism: going deeper into neural networks".
import { compile } from '../evaluator.ts'
import type { Network } from '../networks/network.ts'
import { power } from '../objectives/terms.ts'
import { normalizeBands } from '../pictures/laplacian.ts'
import { clamp, toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { createRandom } from '../pictures/random.ts'
import { resize } from '../pictures/resize.ts'
import { roll } from '../pictures/roll.ts'
import { assertFits } from '../tiles/memory.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'
import { startClock } from './time-limit.ts'

export interface DreamParams {
  /** where to start from; the result has its size */
  readonly photograph: Picture
  /** whose activity to raise; defaults to the network's own taste */
  readonly layers?: readonly string[] | undefined
  /** only this channel of the layers */
  readonly channel?: number | undefined
  /** where to dream: white; elsewhere the photograph stays as it is. Everywhere when left out */
  readonly mask?: Picture | undefined
  /** the side of the tiles by which larger canvases are dreamt on, in bounded memory; 0, the default, for one piece */
  readonly tile?: number
  /** how many sizes to dream at, the smallest first; defaults to 4 */
  readonly octaves?: number
  /** the ratio of one octave's size to the next; defaults to 1.4 */
  readonly octaveScale?: number
  /** steps at each octave; defaults to 15 */
  readonly steps?: number
  /** the most minutes, shared among the octaves by their pixels; 0, the default, for no limit */
  readonly minutes?: number
  /** the change of a pixel by a step, as a root mean square per band; defaults to 1.5 */
  readonly stepSize?: number
  /** the most that the canvas is shifted before a step, so that no grid shows; defaults to 16 */
  readonly jitter?: number
  /** defaults to 1 */
  readonly seed?: number
}

export interface DreamState {
  readonly octave: number
  readonly step: number
  /** what was dreamt so far, as a difference to the photograph at the octave's size */
  readonly detail: Picture
  readonly random: number
  /** ms, on all octaves so far */
  readonly spentMs: number
}

/**
 * Dreams: changes a photograph, octave by octave, so that the layers of a network see more of what they see in it already.
 *
 * @yields every step, the picture always in the photograph's size; `loss` is minus the mean power of the layers
 */
export async function* dream(
  network: Network,
  {
    photograph,
    layers = network.taste.dream,
    channel,
    mask,
    tile = 0,
    octaves = 4,
    octaveScale = 1.4,
    steps = 15,
    minutes = 0,
    stepSize = 1.5,
    jitter = 16,
    seed = 1,
  }: DreamParams,
  { engine, resume, signal }: RecipeOptions<DreamState>,
): AsyncGenerator<RecipeStep<DreamState>, void, undefined> {
  const objective = power(layers, channel === undefined ? {} : { channel })
  const random = createRandom(resume?.random ?? seed)
  const sizes = octaveSizes(photograph, octaves, octaveScale)
  assertFits(network, objective, photograph, { engine, edges: 'zero', tile, bytesPerPixel: DREAM_BYTES_PER_PIXEL })
  const clock = startClock(minutes, sizes, resume?.spentMs)
  let detail = resume?.detail ?? toPicture(new Float32Array(sizes[0]!.width * sizes[0]!.height * 3), sizes[0]!)
  let step = resume?.step ?? 0
  for (let octave = resume?.octave ?? 0; octave < octaves; octave++) {
    const base = resize(photograph, sizes[octave]!)
    detail = resize(detail, base)
    const end = (octave + 1) * steps // steps that there is no time for are numbers left out
    if (octave === resume?.octave && clock.isUp(octave)) step = end
    await using evaluator = await compile(engine, network, objective, base, { tile })
    while (step < end) {
      signal?.throwIfAborted()
      step++
      const [dx, dy] = [random.integer(-jitter, jitter), random.integer(-jitter, jitter)]
      const shifted = roll(add(base, detail), dx, dy)
      const { loss, terms, gradient } = await evaluator.evaluate(shifted.data)
      const downhill = normalizeBands(toPicture(gradient, base))
      const canvas = roll(within(add(shifted, downhill, -stepSize)), -dx, -dy)
      detail = under(mask && resize(mask, base), add(canvas, base, -1))
      const pixels = within(add(photograph, resize(detail, photograph)))
      const isOutOfTime = clock.isUp(octave)
      const state = { octave, step, detail, random: random.state, spentMs: clock.spentMs() }
      yield { step, loss, terms, width: base.width, pixels, isOutOfTime, state }
      if (isOutOfTime) step = end
    }
  }
}

function octaveSizes({ width, height }: Size, octaves: number, scale: number): Size[] {
  return Array.from({ length: octaves }, (_, i) => {
    const shrink = scale ** (octaves - 1 - i)
    return { width: Math.round(width / shrink), height: Math.round(height / shrink) }
  })
}

/** What a mask leaves of a difference. */
function under(mask: Picture | undefined, detail: Picture): Picture {
  if (!mask) return detail
  return toPicture(
    detail.data.map((value, i) => (value * mask.data[i]!) / 255),
    detail,
  )
}

function within(picture: Picture): Picture {
  return toPicture(clamp(picture.data), picture)
}

function add(a: Picture, b: Picture, factor = 1): Picture {
  return toPicture(
    a.data.map((value, i) => value + factor * b.data[i]!),
    a,
  )
}

/** Photograph, detail, canvas, gradient and its bands: about twenty pictures at once. */
const DREAM_BYTES_PER_PIXEL = 20 * 3 * 4
