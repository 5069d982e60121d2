import type { Edges } from '../engines/edges.ts'
import type { Engine } from '../engines/engine.ts'
import { compile } from '../evaluator.ts'
import { withAveragePooling } from '../networks/network.ts'
import type { Network } from '../networks/network.ts'
import type { Objective } from '../objectives/objective.ts'
import { LBFGS_BYTES_PER_PIXEL, lbfgs } from '../optimizers/lbfgs.ts'
import type { LbfgsState } from '../optimizers/lbfgs.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { resize } from '../pictures/resize.ts'
import { assertFits } from '../tiles/memory.ts'
import type { RecipeStep } from './recipe.ts'
import { startClock } from './time-limit.ts'

export interface EnlargingState {
  /** which of the sizes */
  readonly scale: number
  /** steps taken, over all sizes */
  readonly step: number
  readonly optimizer: LbfgsState
  /** ms, on all sizes so far */
  readonly spentMs: number
}

export interface Enlarging {
  readonly engine: Engine
  /** as published: here it pools by averages, as textures and styles want it (Gatys et al. 2015) */
  readonly network: Network
  /** the canvas's sizes, one after the other */
  readonly sizes: readonly Size[]
  /** the most steps at each size */
  readonly steps: number
  /** the most minutes for all sizes together; 0 for no limit */
  readonly minutes: number
  /** where the first size starts */
  readonly start: Picture
  /** the objective for a size: targets have to fit the canvas */
  readonly objectiveAt: (size: Size) => Objective
  /** how the network sees the canvas; a mean of mirrorings, so that it also is how gradients are carried back. As it is when left out */
  readonly seenThrough?: ((picture: Picture) => Picture) | undefined
  /** what the network sees beyond the canvas */
  readonly edges: Edges
  /** the side of the tiles by which larger canvases are evaluated; 0 for one piece */
  readonly tile: number
  readonly resume?: EnlargingState | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Optimises a picture at one size, enlarges it, goes on at the next: large structures are found while they are small and cheap.
 *
 * @yields every step of every size
 */
export async function* enlarge({
  engine,
  network: published,
  sizes,
  steps,
  minutes,
  start,
  objectiveAt,
  seenThrough = (picture) => picture,
  edges,
  tile,
  resume,
  signal,
}: Enlarging): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const network = withAveragePooling(published)
  const last = sizes.at(-1)!
  assertFits(network, objectiveAt(last), last, { engine, edges, tile, bytesPerPixel: LBFGS_BYTES_PER_PIXEL })
  const clock = startClock(minutes, sizes, resume?.spentMs)
  let picture = start
  let step = resume?.step ?? 0
  for (let scale = resume?.scale ?? 0; scale < sizes.length; scale++) {
    const size = sizes[scale]!
    const earlier = scale === resume?.scale ? resume.optimizer : undefined
    if (earlier) picture = seenThrough(toPicture(earlier.canvas, size))
    if (earlier && clock.isUp(scale)) continue
    await using evaluator = await compile(engine, network, objectiveAt(size), size, { edges, tile })
    const seen = (canvas: Float32Array) => seenThrough(toPicture(canvas, size))
    const evaluate = async (canvas: Float32Array) => {
      const { gradient, ...evaluation } = await evaluator.evaluate(seen(canvas).data)
      return { ...evaluation, gradient: seen(gradient).data }
    }
    const begin = seen(resize(picture, size).data).data
    const search = lbfgs(evaluate, begin, { steps, resume: earlier, signal })
    for await (const { loss, terms, canvas, state: optimizer } of search) {
      step++
      picture = seen(canvas)
      const isOutOfTime = clock.isUp(scale)
      const state = { scale, step, optimizer, spentMs: clock.spentMs() }
      yield { step, loss, terms, width: size.width, pixels: picture, isOutOfTime, state }
      if (isOutOfTime) break
    }
  }
}

/** Sizes that double up to the last, each side at least 48 pixels. */
export function doublingSizes({ width, height }: Size, scales: number): Size[] {
  const sizes = Array.from({ length: scales }, (_, i) => {
    const shrink = 2 ** (scales - 1 - i)
    return { width: Math.round(width / shrink), height: Math.round(height / shrink) }
  })
  return sizes.filter((size, i) => i === scales - 1 || Math.min(size.width, size.height) >= 48)
}
