import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs'
import type { GivenNumbers, MeasuredTerm, SlopeTerm } from '../engine.ts'
import type { Tf } from './backend.ts'
import type { DeviceNumbers } from './numbers.ts'
import { statisticOf } from './statistics.ts'

/**
 * A term's weighted loss.
 *
 * @param features The features of the term's layer
 */
export function lossOf(
  tf: Tf,
  term: MeasuredTerm | SlopeTerm,
  features: Tensor4D,
  numbers: DeviceNumbers,
  given: GivenNumbers,
): Scalar {
  const { weight } = term
  const places = numbers.places(term, features, given)
  switch (term.kind) {
    case 'content': {
      const target = numbers.target(term.target, 'features', features, given)
      return meanSquare(tf, tf.sub(features, target), weight, places)
    }
    case 'dream': {
      if (term.channel === undefined) return meanSquare(tf, features, -weight, places)
      const [, height, width] = features.shape
      const seen = tf.slice(features, [0, 0, 0, term.channel], [1, height, width, 1])
      return meanSquare(tf, seen, -weight, places)
    }
    case 'slope': {
      const value = statisticOf(tf, features, term.statistic, places)
      const slope = numbers.target(term.slope, 'statistic', value, given)
      return tf.mul(tf.sum(tf.mul(value, slope)), weight)
    }
    default: {
      const value = statisticOf(tf, features, term.kind, places)
      return meanSquare(tf, tf.sub(value, numbers.target(term.target, 'statistic', value, given)), weight)
    }
  }
}

function meanSquare(tf: Tf, x: Tensor, weight: number, places?: Tensor): Scalar {
  const squares = tf.square(x)
  return tf.mul(tf.mean(places ? tf.mul(squares, places) : squares), weight)
}
