import type { Edges } from './engines/edges.ts'
import type { Engine } from './engines/engine.ts'
import type { Network } from './networks/network.ts'
import { measureTargets } from './objectives/measure.ts'
import type { Objective } from './objectives/objective.ts'
import type { Size } from './pictures/picture.ts'

/** An objective made ready for canvases of one size. */
export interface Evaluator extends AsyncDisposable {
  /** @param canvas `[height, width, 3]`, RGB 0-255, flattened; not changed */
  evaluate(canvas: Float32Array): Promise<Evaluation>
}

export interface Evaluation {
  readonly loss: number
  /** with respect to the canvas, in its layout */
  readonly gradient: Float32Array
  /** the weighted loss of each term by its label */
  readonly terms: Readonly<Record<string, number>>
}

/**
 * Compiles an objective for an engine: measures its targets, then emits the loss and its gradient.
 *
 * @param size Width and height of the canvases to come
 * @param edges What the network sees beyond the canvas
 * @throws when a layer is not in the network, or a content target has another size than the canvas
 */
export async function compile(
  engine: Engine,
  network: Network,
  objective: Objective,
  size: Size,
  edges: Edges = 'zero',
): Promise<Evaluator> {
  return engine.compile(network, await measureTargets(engine, network, objective, size, edges), size, edges)
}

/** Adds up the terms' values into an evaluation. */
export function toEvaluation(
  terms: readonly { readonly label: string }[],
  values: readonly number[],
  gradient: Float32Array,
): Evaluation {
  const byLabel: Record<string, number> = {}
  let loss = 0
  for (const [i, { label }] of terms.entries()) {
    loss += values[i]!
    byLabel[label] = (byLabel[label] ?? 0) + values[i]!
  }
  return { loss, gradient, terms: byLabel }
}
