// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style"; Mordvintsev et al. 2015, "Inceptionism".
import type { Picture } from '../pictures/picture.ts'
import { sum } from './objective.ts'
import type { Objective } from './objective.ts'

interface Weighted {
  /** shared evenly among the layers; defaults to 1 */
  weight?: number
}

/** Keeps what the layers see in a picture of the canvas's size. */
export function content(layers: readonly string[], target: Picture, { weight = 1 }: Weighted = {}): Objective {
  return { terms: layers.map((layer) => ({ kind: 'content', layer, weight: weight / layers.length, target })) }
}

/**
 * Takes over the correlations of the layers' channels: colours, strokes, patterns, wherever they are. Differs from Gatys et al. in that
 * each layer's loss is divided by the mean square of its target, so that weights mean the same for every network.
 */
export function gram(layers: readonly string[], target: Picture, { weight = 1 }: Weighted = {}): Objective {
  return { terms: layers.map((layer) => ({ kind: 'gram', layer, weight: weight / layers.length, target })) }
}

/** Takes over the mean of every channel of the layers. */
export function mean(layers: readonly string[], target: Picture, { weight = 1 }: Weighted = {}): Objective {
  return { terms: layers.map((layer) => ({ kind: 'mean', layer, weight: weight / layers.length, target })) }
}

/** Takes over a style: Gram matrices, and the means that tell a colour from its negative. */
export function style(layers: readonly string[], target: Picture, { weight = 1 }: Weighted = {}): Objective {
  return sum(gram(layers, target, { weight }), mean(layers, target, { weight }))
}

/** Shows more of whatever the layers see, or of the one `channel`. */
export function power(
  layers: readonly string[],
  { weight = 1, channel }: Weighted & { channel?: number } = {},
): Objective {
  const which = channel === undefined ? {} : { channel }
  return { terms: layers.map((layer) => ({ kind: 'dream', layer, weight: weight / layers.length, ...which })) }
}

/** Keeps neighbouring pixels alike; for values 0-255 a weight around 1e-5 is felt. */
export function totalVariation({ weight = 1 }: Weighted = {}): Objective {
  return { terms: [{ kind: 'totalVariation', weight }] }
}
