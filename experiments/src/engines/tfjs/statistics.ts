import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs'
import type { Probe } from '../engine.ts'
import type { Tf } from './backend.ts'

/** What a probe asks of a layer's features, in the layout of `Engine.measure`. */
export function statisticOf(tf: Tf, features: Tensor4D, statistic: Probe['statistic']): Tensor {
  switch (statistic) {
    case 'features':
      return tf.transpose(features, [0, 3, 1, 2])
    case 'gram':
      return gramOf(tf, features)
    case 'mean':
      return meanOf(tf, features)
  }
}

/** `F^T F / places`, `[channels, channels]`. Products with a transposed factor are slow on WebAssembly, so there are none. */
export function gramOf(tf: Tf, features: Tensor4D): Tensor2D {
  const channels = features.shape[3]
  const rows = tf.reshape(features, [-1, channels]) as Tensor2D
  const places = rows.shape[0]
  const run = tf.customGrad((input, save) => {
    const f = input as Tensor2D
    const value = tf.mul(tf.matMul(tf.transpose(f), f), 1 / places) as Tensor2D
    ;(save as (tensors: Tensor[]) => void)([f])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const both = tf.mul(tf.add(dy, tf.transpose(dy)), 1 / places) as Tensor2D
      return tf.matMul(saved[0] as Tensor2D, both)
    }
    return { value, gradFunc }
  })
  return run(rows) as Tensor2D
}

/** The mean over all places, `[channels]`. */
export function meanOf(tf: Tf, features: Tensor4D): Tensor1D {
  return tf.mean(features, [0, 1, 2])
}
