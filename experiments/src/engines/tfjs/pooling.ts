import type { Tensor, Tensor4D } from '@tensorflow/tfjs'
import type { Pooling } from '../../networks/network.ts'
import { paddingOf } from '../../networks/padding.ts'
import { isPadded, windowShares } from '../window-shares.ts'
import type { Backend, Tf } from './backend.ts'

/** Pools; windows may overlap. */
export function pool({ tf, portable }: Backend, layer: Pooling, x: Tensor4D): Tensor4D {
  if (layer.method === 'average') return averaged(tf, layer, x)
  const { size, stride, padding } = layer
  const run = (source: Tensor4D) => tf.maxPool(source, size, stride, padding ?? 'valid')
  if (!portable) return run(x)
  const withOwnGradient = tf.customGrad((input, save) => {
    const source = input as Tensor4D
    ;(save as (tensors: Tensor[]) => void)([source])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const gradient = scattered(saved[0] as Tensor4D, dy as Tensor4D, layer)
      return tf.tensor4d(gradient, source.shape)
    }
    return { value: run(source), gradFunc }
  })
  return withOwnGradient(x) as Tensor4D
}

/** Added places are zeros here, taken out of the averages afterwards: TensorFlow.js's own gradient of a padded average is wrong on WebAssembly. */
function averaged(tf: Tf, layer: Pooling, x: Tensor4D): Tensor4D {
  const { size, stride, padding } = layer
  const [, height, width] = x.shape
  if (!isPadded(layer, { height, width })) return tf.avgPool(x, size, stride, 'valid')
  const around = [height, width].map((length) => [...paddingOf(padding, { size: length, kernel: size, stride })])
  const sums = tf.avgPool(tf.pad(x, [[0, 0], ...around, [0, 0]] as [number, number][]), size, stride, 'valid')
  const [, rows, columns] = sums.shape
  const shares = tf.tensor4d(windowShares(layer, { height, width }), [1, rows, columns, 1])
  return tf.mul(sums, tf.mul(shares, size * size))
}

/** Gives each window's gradient to its first largest value. */
function scattered(x: Tensor4D, dy: Tensor4D, { size, stride, padding }: Pooling): Float32Array {
  const values = x.dataSync<'float32'>()
  const gradients = dy.dataSync<'float32'>()
  const [, height, width, channels] = x.shape
  const [, rows, columns] = dy.shape
  const [top] = paddingOf(padding, { size: height, kernel: size, stride })
  const [left] = paddingOf(padding, { size: width, kernel: size, stride })
  const sum = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    const [up, down] = windowAt(row * stride - top, size, height)
    for (let column = 0; column < columns; column++) {
      const [from, to] = windowAt(column * stride - left, size, width)
      for (let c = 0; c < channels; c++) {
        let winner = (up * width + from) * channels + c
        for (let y = up; y < down; y++) {
          for (let x = from, at = (y * width + from) * channels + c; x < to; x++, at += channels) {
            if (values[at]! > values[winner]!) winner = at
          }
        }
        sum[winner]! += gradients[(row * columns + column) * channels + c]!
      }
    }
  }
  return sum
}

/** The true places of a window. */
function windowAt(start: number, size: number, length: number): readonly [from: number, to: number] {
  return [Math.max(start, 0), Math.min(start + size, length)]
}
