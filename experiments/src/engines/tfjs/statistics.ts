import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs'
import type { Statistic } from '../../objectives/objective.ts'
import { LEAST_VARIANCE } from '../../objectives/statistics.ts'
import type { Tf } from './backend.ts'

/**
 * A statistic of a layer's features.
 *
 * @param places what each place counts, `[1, height, width, 1]`, with mean 1; all alike when left out
 */
export function statisticOf(tf: Tf, features: Tensor4D, statistic: Statistic, places?: Tensor): Tensor {
  switch (statistic) {
    case 'gram':
      return gramOf(tf, features, places)
    case 'mean':
      return meanOf(tf, features, places)
    case 'covariance':
      return covarianceOf(tf, features, places)
    case 'deviation':
      return deviationOf(tf, covarianceOf(tf, features, places))
    case 'correlation': {
      const covariance = covarianceOf(tf, features, places)
      const deviation = deviationOf(tf, covariance)
      return tf.div(covariance, outer(tf, deviation))
    }
  }
}

/**
 * `W^T F / places`, `[channels, channels]`, where W is F or F weighted by place. Products with a transposed factor are slow on
 * WebAssembly, so there are none.
 */
function gramOf(tf: Tf, features: Tensor4D, places?: Tensor): Tensor2D {
  const channels = features.shape[3]
  const rows = tf.reshape(features, [-1, channels]) as Tensor2D
  const count = rows.shape[0]
  const column = places && tf.reshape(places, [-1, 1])
  const run = tf.customGrad((input, save) => {
    const f = input as Tensor2D
    const weighted = (column ? tf.mul(f, column) : f) as Tensor2D
    const value = tf.mul(tf.matMul(tf.transpose(weighted), f), 1 / count) as Tensor2D
    ;(save as (tensors: Tensor[]) => void)([weighted])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const both = tf.mul(tf.add(dy, tf.transpose(dy)), 1 / count) as Tensor2D
      return tf.matMul(saved[0] as Tensor2D, both)
    }
    return { value, gradFunc }
  })
  return run(rows) as Tensor2D
}

/** The mean over all places, `[channels]`. */
function meanOf(tf: Tf, features: Tensor4D, places?: Tensor): Tensor1D {
  return tf.mean(places ? tf.mul(features, places) : features, [0, 1, 2])
}

function covarianceOf(tf: Tf, features: Tensor4D, places?: Tensor): Tensor2D {
  return tf.sub(gramOf(tf, features, places), outer(tf, meanOf(tf, features, places)))
}

function deviationOf(tf: Tf, covariance: Tensor2D): Tensor1D {
  const identity = tf.eye(covariance.shape[0])
  const variance = tf.relu(tf.sum(tf.mul(covariance, identity), 1))
  return tf.sqrt(tf.add(variance, LEAST_VARIANCE)) as Tensor1D
}

function outer(tf: Tf, vector: Tensor1D): Tensor2D {
  return tf.mul(tf.reshape(vector, [-1, 1]), tf.reshape(vector, [1, -1])) as Tensor2D
}
