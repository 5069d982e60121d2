import type { Picture } from '../pictures/picture.ts'

/**
 * What a picture should become, as data: a sum of terms, each a weight times a loss. Build it from the functions of `terms.ts`:
 *
 *     sum(content(['conv4_2'], photograph), gram(['conv1_1', 'conv2_1'], painting, { weight: 100 }))
 */
export interface Objective {
  readonly terms: readonly Term[]
}

export type Term = ContentTerm | StyleTerm | DreamTerm | SmoothnessTerm

/** Mean squared difference of features, relative to the mean square of the target's. */
export interface ContentTerm {
  readonly kind: 'content'
  readonly layer: string
  readonly weight: number
  /** must have the size of the canvas */
  readonly target: Picture
}

/** Mean squared difference of a statistic over all places - the Gram matrix or the channel means - relative to the target's. */
export interface StyleTerm {
  readonly kind: 'gram' | 'mean'
  readonly layer: string
  readonly weight: number
  readonly target: Picture
}

/** Minus the mean power of the features: the more the layer sees, the lower. */
export interface DreamTerm {
  readonly kind: 'dream'
  readonly layer: string
  readonly weight: number
  /** only this channel; all when left out */
  readonly channel?: number
}

/** Mean squared difference of neighbouring pixels. */
export interface SmoothnessTerm {
  readonly kind: 'totalVariation'
  readonly weight: number
}

/** Adds up objectives. */
export function sum(...objectives: readonly Objective[]): Objective {
  return { terms: objectives.flatMap(({ terms }) => terms) }
}

/** The name of a term in plots and tables: `gram conv2_1`. */
export function labelOf(term: Term): string {
  return term.kind === 'totalVariation' ? 'total variation' : `${term.kind} ${term.layer}`
}
