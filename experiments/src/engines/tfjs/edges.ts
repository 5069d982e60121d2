import type { Tensor4D } from '@tensorflow/tfjs'
import { croppedBy, marginOf } from '../edges.ts'
import type { Edges } from '../edges.ts'
import type { Tf } from './backend.ts'

/** The canvas with its surroundings. Cut and joined, because the gradient of TensorFlow.js's own `mirrorPad` is wrong. */
export function surrounded(tf: Tf, canvas: Tensor4D, edges: Edges): Tensor4D {
  const margin = marginOf(edges, sizeOf(canvas))
  if (margin === 0) return canvas
  return [1, 2].reduce((x, axis) => {
    const size = x.shape[axis]!
    const part = (from: number, to: number) => sliced(tf, x, axis, from, to)
    const [before, after] =
      edges === 'wrap'
        ? [part(size - margin, size), part(0, margin)]
        : [tf.reverse(part(1, margin + 1), axis), tf.reverse(part(size - margin - 1, size - 1), axis)]
    return tf.concat([before, x, after], axis)
  }, canvas)
}

/** Features without those of the surroundings. */
export function cropped(tf: Tf, features: Tensor4D, canvas: Tensor4D, edges: Edges): Tensor4D {
  const margin = marginOf(edges, sizeOf(canvas))
  if (margin === 0) return features
  return [1, 2].reduce((x, axis) => {
    const length = x.shape[axis]!
    const crop = croppedBy(margin, canvas.shape[axis]!, length)
    return sliced(tf, x, axis, crop, length - crop)
  }, features)
}

function sliced(tf: Tf, x: Tensor4D, axis: number, from: number, to: number): Tensor4D {
  const begin = [0, 0, 0, 0].with(axis, from) as [number, number, number, number]
  return tf.slice(x, begin, x.shape.with(axis, to - from) as [number, number, number, number])
}

function sizeOf({ shape }: Tensor4D): { width: number; height: number } {
  return { width: shape[2], height: shape[1] }
}
