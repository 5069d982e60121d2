import type { Engine } from '../engines/engine.ts'
import type { Picture } from '../pictures/picture.ts'

/** A step of a recipe: a point for the convergence plot, a picture to look at, and what a checkpoint needs. */
export interface RecipeStep<State> {
  /** from 1, counted over all sizes */
  readonly step: number
  readonly loss: number
  /** the weighted loss of each term */
  readonly terms: Readonly<Record<string, number>>
  /** width of the canvas that the step worked on */
  readonly width: number
  readonly pixels: Picture
  /** the limit of time ended this size here; what comes is the next one, or nothing */
  readonly isOutOfTime: boolean
  /** made of plain objects and typed arrays */
  readonly state: State
}

export interface RecipeOptions<State> {
  readonly engine: Engine
  /** the state of an earlier step: the recipe goes on from there, and ends with the same picture */
  readonly resume?: State | undefined
  readonly signal?: AbortSignal | undefined
}
