import type { Evaluator } from './evaluation.ts'
import type { Edges } from './engines/edges.ts'
import type { Engine } from './engines/engine.ts'
import type { Network } from './networks/network.ts'
import { measureTargets } from './objectives/measure.ts'
import { labelOf } from './objectives/objective.ts'
import type { Objective, SmoothnessTerm } from './objectives/objective.ts'
import { resolveComponents } from './objectives/principal-components.ts'
import { addTotalVariationGradient, totalVariationOf } from './objectives/total-variation.ts'
import type { Size } from './pictures/picture.ts'
import { compileTiles } from './tiles/evaluator.ts'
import { measuringByTiles } from './tiles/measure.ts'

export interface CompileOptions {
  /** what the network sees beyond the canvas; defaults to `'zero'` */
  readonly edges?: Edges
  /** the side in pixels of the tiles by which larger canvases are evaluated, in bounded memory; 0, the default, for one piece */
  readonly tile?: number
}

/**
 * Compiles an objective for an engine: measures its targets, then emits the loss and its gradient.
 *
 * @param size Width and height of the canvases to come
 * @throws when a layer is not in the network, a content target has another size than the canvas, or a tile is too small
 */
export async function compile(
  engine: Engine,
  network: Network,
  objective: Objective,
  size: Size,
  { edges = 'zero', tile = 0 }: CompileOptions = {},
): Promise<Evaluator> {
  const measurer = tile > 0 ? measuringByTiles(engine, tile) : engine
  const { network: seen, terms: named } = await resolveComponents(measurer, network, objective, edges)
  const terms = await measureTargets(measurer, seen, { terms: named }, size, edges)
  const smoothness = objective.terms.filter((term) => term.kind === 'totalVariation')
  const evaluator =
    tile > 0 && Math.max(size.width, size.height) > tile
      ? await compileTiles(engine, seen, terms, size, { edges, tile })
      : await engine.compile(seen, terms, size, { edges })
  return withSmoothness(evaluator, smoothness, size)
}

/** Total variation looks at no layer, so it is the same on all engines. */
function withSmoothness(evaluator: Evaluator, terms: readonly SmoothnessTerm[], size: Size): Evaluator {
  const weight = terms.reduce((sum, term) => sum + term.weight, 0)
  if (weight === 0) return evaluator
  return {
    async evaluate(canvas) {
      const rest = await evaluator.evaluate(canvas)
      const roughness = weight * totalVariationOf(canvas, size)
      addTotalVariationGradient(rest.gradient, canvas, size, weight)
      return { ...rest, loss: rest.loss + roughness, terms: { ...rest.terms, [labelOf(terms[0]!)]: roughness } }
    },
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  }
}
