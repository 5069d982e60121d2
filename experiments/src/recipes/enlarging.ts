import type { Edges } from '../engines/edges.ts'
import type { Engine } from '../engines/engine.ts'
import { compile } from '../evaluator.ts'
import type { Network } from '../networks/network.ts'
import type { Objective } from '../objectives/objective.ts'
import { LBFGS_BYTES_PER_PIXEL, lbfgs } from '../optimizers/lbfgs.ts'
import type { LbfgsState } from '../optimizers/lbfgs.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { resize } from '../pictures/resize.ts'
import { assertFits } from '../tiles/memory.ts'
import type { RecipeStep } from './recipe.ts'

export interface EnlargingState {
  /** which of the sizes */
  readonly scale: number
  /** steps taken, over all sizes */
  readonly step: number
  readonly optimizer: LbfgsState
}

export interface Enlarging {
  readonly engine: Engine
  readonly network: Network
  /** the canvas's sizes, one after the other */
  readonly sizes: readonly Size[]
  /** the most steps at each size */
  readonly steps: readonly number[]
  /** where the first size starts */
  readonly start: Picture
  /** the objective for a size: targets have to fit the canvas */
  readonly objectiveAt: (size: Size) => Objective
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
  network,
  sizes,
  steps,
  start,
  objectiveAt,
  edges,
  tile,
  resume,
  signal,
}: Enlarging): AsyncGenerator<RecipeStep<EnlargingState>, void, undefined> {
  const last = sizes.at(-1)!
  assertFits(network, objectiveAt(last), last, { engine, edges, tile, bytesPerPixel: LBFGS_BYTES_PER_PIXEL })
  let picture = start
  let step = resume?.step ?? 0
  for (let scale = resume?.scale ?? 0; scale < sizes.length; scale++) {
    const size = sizes[scale]!
    const earlier = scale === resume?.scale ? resume.optimizer : undefined
    await using evaluator = await compile(engine, network, objectiveAt(size), size, { edges, tile })
    const search = lbfgs((canvas) => evaluator.evaluate(canvas), resize(picture, size).data, {
      steps: steps[scale]!,
      resume: earlier,
      signal,
    })
    if (earlier) picture = toPicture(earlier.canvas, size)
    for await (const { loss, terms, canvas, state } of search) {
      step++
      picture = toPicture(canvas, size)
      yield { step, loss, terms, width: size.width, pixels: picture, state: { scale, step, optimizer: state } }
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
