// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style"; Mordvintsev et al. 2015, "Inceptionism".
import type { Picture } from '../pictures/picture.ts'
import { sum } from './objective.ts'
import type { Blend, Objective, Statistic } from './objective.ts'

interface TermOptions {
  /** shared evenly among the layers; defaults to 1 */
  weight?: number
  /** where to look at the canvas: white counts, black does not; everywhere when left out */
  mask?: Picture | undefined
}

/** Keeps what the layers see in a picture of the canvas's size. */
export function content(layers: readonly string[], target: Picture, options: TermOptions = {}): Objective {
  return { terms: spread(layers, options).map((shared) => ({ kind: 'content', target, ...shared })) }
}

/**
 * Keeps the pattern of a picture of the canvas's size: what the layers see in it along its `count` principal components, 8 by default, each
 * divided by its deviation. Where `content` keeps the strongest channels first, this keeps what differs from place to place.
 */
export function components(
  layers: readonly string[],
  target: Picture,
  { count = 8, ...options }: TermOptions & { count?: number } = {},
): Objective {
  if (!(Number.isInteger(count) && count > 0)) {
    throw new RangeError(`The count of principal components must be a positive integer, got ${count}`)
  }
  return { terms: spread(layers, options).map((shared) => ({ kind: 'components', target, count, ...shared })) }
}

/**
 * Takes over the correlations of the layers' channels: colours, strokes, patterns, wherever they are. Differs from Gatys et al. in that
 * each layer's loss is divided by the mean square of its target, so that weights mean the same for every network.
 */
export function gram(layers: readonly string[], target: Picture | Blend, options: TermOptions = {}): Objective {
  return matching('gram', layers, target, options)
}

/** Takes over the mean of every channel of the layers. */
export function mean(layers: readonly string[], target: Picture | Blend, options: TermOptions = {}): Objective {
  return matching('mean', layers, target, options)
}

/** Takes over the covariances of the layers' channels: Gram matrices that the means have no part in. */
export function covariance(layers: readonly string[], target: Picture | Blend, options: TermOptions = {}): Objective {
  return matching('covariance', layers, target, options)
}

/** Takes over the mean of every channel, its deviation, and the correlations of each two: colour, contrast and pattern, weighed alike. */
export function moments(layers: readonly string[], target: Picture | Blend, options: TermOptions = {}): Objective {
  const statistics = ['mean', 'deviation', 'correlation'] as const
  return sum(...statistics.map((statistic) => matching(statistic, layers, target, options)))
}

/** Takes over a style: Gram matrices, and the means that tell a colour from its negative. */
export function style(layers: readonly string[], target: Picture | Blend, options: TermOptions = {}): Objective {
  return sum(gram(layers, target, options), mean(layers, target, options))
}

/** Shows more of whatever the layers see, or of the one `channel`. */
export function power(
  layers: readonly string[],
  { channel, ...options }: TermOptions & { channel?: number | undefined } = {},
): Objective {
  const which = channel === undefined ? {} : { channel }
  return { terms: spread(layers, options).map((shared) => ({ kind: 'dream', ...which, ...shared })) }
}

/** Keeps neighbouring pixels alike; for values 0-255 a weight around 1e-5 is felt. */
export function totalVariation({ weight = 1 }: { weight?: number } = {}): Objective {
  return { terms: [{ kind: 'totalVariation', weight }] }
}

function matching(
  kind: Statistic,
  layers: readonly string[],
  target: Picture | Blend,
  options: TermOptions,
): Objective {
  return { terms: spread(layers, options).map((shared) => ({ kind, target, ...shared })) }
}

function spread(layers: readonly string[], { weight = 1, mask }: TermOptions) {
  return layers.map((layer) => ({ layer, weight: weight / layers.length, ...(mask && { mask }) }))
}
