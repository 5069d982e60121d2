import type { Tensor4D } from '@tensorflow/tfjs'
import type { LocalResponseNormalization } from '../../networks/network.ts'
import type { Tf } from './backend.ts'

/** Normalises each value by its neighbouring channels. */
export function normalizeResponse(
  tf: Tf,
  { radius, bias, alpha, beta }: LocalResponseNormalization,
  x: Tensor4D,
): Tensor4D {
  return tf.localResponseNormalization(x, radius, bias, alpha, beta)
}
