// Kingma and Ba 2014, "Adam: a method for stochastic optimization".
import type { Evaluate, OptimizerOptions, OptimizerStep } from './optimizer.ts'

export interface AdamState {
  readonly step: number
  readonly canvas: Float32Array
  /** first and second moments of the gradient */
  readonly mu: Float32Array
  readonly nu: Float32Array
  readonly best: Best
}

interface Best {
  readonly canvas: Float32Array
  readonly loss: number
  readonly terms: Readonly<Record<string, number>>
}

export interface AdamOptions extends OptimizerOptions<AdamState> {
  /** in units of the canvas; defaults to 4 */
  readonly rate?: number
  /** what the moments keep from step to step; defaults to [0.9, 0.999] */
  readonly decay?: readonly [number, number]
}

/**
 * Minimises by Adam in a box. Its steps can go uphill; what it yields is the best canvas so far, so the result is never worse than
 * the start.
 *
 * @param evaluate Computes loss and gradient
 * @param start The first canvas; not changed
 * @yields the best canvas after every step
 */
export async function* adam(
  evaluate: Evaluate,
  start: Float32Array,
  { steps, box: [low, high] = [0, 255], rate = 4, decay: [b1, b2] = [0.9, 0.999], resume, signal }: AdamOptions,
): AsyncGenerator<OptimizerStep<AdamState>, void, undefined> {
  const within = (value: number) => Math.min(high, Math.max(low, value))
  let { canvas, mu, nu } = resume ?? {
    canvas: start.map(within),
    mu: new Float32Array(start.length),
    nu: new Float32Array(start.length),
  }
  let evaluation = await evaluate(canvas)
  let best: Best = resume?.best ?? { canvas, ...evaluation }
  for (let step = (resume?.step ?? 0) + 1; step <= steps; step++) {
    signal?.throwIfAborted()
    const { gradient } = evaluation
    mu = mu.map((value, i) => b1 * value + (1 - b1) * gradient[i]!)
    nu = nu.map((value, i) => b2 * value + (1 - b2) * gradient[i]! ** 2)
    const muScale = rate / (1 - b1 ** step)
    const nuScale = 1 / (1 - b2 ** step)
    canvas = canvas.map((value, i) => within(value - (muScale * mu[i]!) / (Math.sqrt(nu[i]! * nuScale) + 1e-12)))
    evaluation = await evaluate(canvas)
    if (evaluation.loss < best.loss) best = { canvas, loss: evaluation.loss, terms: evaluation.terms }
    yield { step, ...best, state: { step, canvas, mu, nu, best } }
  }
}
