import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs'
import type { MeasuredTerm } from '../engine.ts'
import type { Tf } from './backend.ts'
import { gramOf, meanOf } from './statistics.ts'

/** Uploads a term's target in the layout that features have here. */
export function loadTarget(tf: Tf, term: MeasuredTerm, [, height, width, channels]: readonly number[]): Tensor {
  if (!('target' in term)) return tf.scalar(0)
  switch (term.kind) {
    case 'content':
      return tf.tidy(() => tf.transpose(tf.tensor4d(term.target, [1, channels!, height!, width!]), [0, 2, 3, 1]))
    case 'gram':
      return tf.tensor2d(term.target, [channels!, channels!])
    case 'mean':
      return tf.tensor1d(term.target)
  }
}

/**
 * A term's weighted loss.
 *
 * @param features The features of the term's layer; the canvas for total variation
 */
export function lossOf(tf: Tf, term: MeasuredTerm, target: Tensor, features: Tensor4D): Scalar {
  switch (term.kind) {
    case 'content':
      return meanSquare(tf, tf.sub(features, target), term.weight)
    case 'gram':
      return meanSquare(tf, tf.sub(gramOf(tf, features), target), term.weight)
    case 'mean':
      return meanSquare(tf, tf.sub(meanOf(tf, features), target), term.weight)
    case 'dream': {
      if (term.channel === undefined) return meanSquare(tf, features, -term.weight)
      const [, height, width] = features.shape
      return meanSquare(tf, tf.slice(features, [0, 0, 0, term.channel], [1, height, width, 1]), -term.weight)
    }
    case 'totalVariation':
      return tf.add(alongOf(tf, features, 1, term.weight), alongOf(tf, features, 2, term.weight))
  }
}

function alongOf(tf: Tf, canvas: Tensor4D, axis: number, weight: number): Scalar {
  const size = canvas.shape.with(axis, canvas.shape[axis]! - 1) as [number, number, number, number]
  const later = tf.slice(canvas, [0, 0, 0, 0].with(axis, 1) as [number, number, number, number], size)
  return meanSquare(tf, tf.sub(later, tf.slice(canvas, [0, 0, 0, 0], size)), weight)
}

function meanSquare(tf: Tf, x: Tensor, weight: number): Scalar {
  return tf.mul(tf.mean(tf.square(x)), weight)
}
