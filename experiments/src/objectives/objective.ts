import type { Picture } from '../pictures/picture.ts'

/**
 * What a picture should become, as data: a sum of terms, each a weight times a loss. Build it from the functions of `terms.ts`:
 *
 *     sum(content(['conv4_2'], photograph), gram(['conv1_1', 'conv2_1'], painting, { weight: 100 }))
 */
export interface Objective {
  readonly terms: readonly Term[]
}

export type Term = ContentTerm | ComponentsTerm | StyleTerm | DreamTerm | SmoothnessTerm

interface LayerTerm {
  readonly layer: string
  readonly weight: number
  /** where the term looks at the canvas: white counts, black does not; resized to the layer. Everywhere when left out */
  readonly mask?: Picture
}

/** Mean squared difference of features, relative to the mean square of the target's. */
export interface ContentTerm extends LayerTerm {
  readonly kind: 'content'
  /** must have the size of the canvas */
  readonly target: Picture
}

/**
 * As content, seen in the principal components of the target's features alone, each made to count alike: the pattern, whichever channels
 * are the loud ones.
 */
export interface ComponentsTerm extends LayerTerm {
  readonly kind: 'components'
  /** must have the size of the canvas */
  readonly target: Picture
  /** how many, of those that vary most */
  readonly count: number
}

/**
 * What a style consists of, as averages over all places of a layer's features `f`:
 *
 * - `gram`: of the products of two channels, `f f^T`
 * - `mean`: of each channel
 * - `covariance`: the Gram matrix of `f` without its mean
 * - `deviation`: the standard deviation of each channel
 * - `correlation`: the covariances, each divided by both deviations
 */
export type Statistic = 'gram' | 'mean' | 'covariance' | 'deviation' | 'correlation'

/** Mean squared difference of a statistic, relative to the mean square of the target's. */
export interface StyleTerm extends LayerTerm {
  readonly kind: Statistic
  readonly target: Picture | Blend
}

/** Several pictures whose statistics are averaged, each by its share of the sum of all shares. */
export type Blend = readonly { readonly picture: Picture; readonly share: number }[]

/** Minus the mean power of the features: the more the layer sees, the lower. */
export interface DreamTerm extends LayerTerm {
  readonly kind: 'dream'
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

/** The names of the layers that an objective looks at, each once. */
export function layersOf({ terms }: Objective): string[] {
  return [...new Set(terms.flatMap((term) => (term.kind === 'totalVariation' ? [] : [term.layer])))]
}

/** The name of a term in plots and tables: `gram conv2_1`. */
export function labelOf(term: Term): string {
  return term.kind === 'totalVariation' ? 'total variation' : `${term.kind} ${term.layer}`
}
