import type { GivenNumbers } from './engines/engine.ts'

/** An objective made ready for canvases of one size. */
export interface Evaluator extends AsyncDisposable {
  /**
   * @param canvas `[height, width, 3]`, RGB 0-255, flattened; not changed
   * @param given the numbers that terms take with each canvas
   */
  evaluate(canvas: Float32Array, given?: GivenNumbers): Promise<Evaluation>
}

export interface Evaluation {
  readonly loss: number
  /** with respect to the canvas, in its layout */
  readonly gradient: Float32Array
  /** the weighted loss of each term by its label */
  readonly terms: Readonly<Record<string, number>>
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
