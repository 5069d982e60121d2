import type { Tensor, Tensor4D } from '@tensorflow/tfjs'
import type { Pooling } from '../../networks/network.ts'
import type { Backend } from './backend.ts'

/** Pools; windows may overlap. */
export function pool({ tf, portable }: Backend, layer: Pooling, x: Tensor4D): Tensor4D {
  const { method, size, stride } = layer
  if (method === 'average') return tf.avgPool(x, size, stride, 'valid')
  if (!portable) return tf.maxPool(x, size, stride, 'valid')
  const run = tf.customGrad((input, save) => {
    const source = input as Tensor4D
    const value = tf.maxPool(source, size, stride, 'valid')
    ;(save as (tensors: Tensor[]) => void)([source])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const gradient = scattered(saved[0] as Tensor4D, dy as Tensor4D, layer)
      return tf.tensor4d(gradient, source.shape)
    }
    return { value, gradFunc }
  })
  return run(x) as Tensor4D
}

/** Gives each window's gradient to its first largest value. */
function scattered(x: Tensor4D, dy: Tensor4D, { size, stride }: Pooling): Float32Array {
  const values = x.dataSync<'float32'>()
  const gradients = dy.dataSync<'float32'>()
  const [, , width, channels] = x.shape
  const [, rows, columns] = dy.shape
  const sum = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let c = 0; c < channels; c++) {
        const corner = (row * stride * width + column * stride) * channels + c
        let winner = corner
        for (let y = 0; y < size; y++) {
          for (let at = corner + y * width * channels, k = 0; k < size; k++, at += channels) {
            if (values[at]! > values[winner]!) winner = at
          }
        }
        sum[winner]! += gradients[(row * columns + column) * channels + c]!
      }
    }
  }
  return sum
}
