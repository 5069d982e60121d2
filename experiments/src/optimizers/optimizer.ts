import type { Evaluation } from '../evaluation.ts'

/** Computes loss and gradient of a canvas. */
export type Evaluate = (canvas: Float32Array) => Promise<Evaluation>

/** Where an optimiser stands after a step. */
export interface OptimizerStep<State> {
  /** how many steps were taken, from 1 */
  readonly step: number
  readonly loss: number
  readonly terms: Readonly<Record<string, number>>
  /** values in the box; belongs to the receiver */
  readonly canvas: Float32Array
  /** all that is needed to go on from here, made of plain objects and typed arrays */
  readonly state: State
}

export interface OptimizerOptions<State> {
  /** the most steps to take, those before `resume` included */
  readonly steps: number
  /** the lowest and the highest value; defaults to [0, 255] */
  readonly box?: readonly [low: number, high: number]
  /** the state of an earlier step to go on from, instead of the start */
  readonly resume?: State | undefined
  /** ends the search with the signal's reason */
  readonly signal?: AbortSignal | undefined
}
