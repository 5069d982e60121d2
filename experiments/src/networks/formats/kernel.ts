import type { Convolution } from '../network.ts'

/** A tensor as TensorFlow and Keras keep it. */
export interface Kernel {
  /** `[height, width, inputs, outputs]` */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Reorders a kernel to `[outputs, inputs, height, width]`. */
export function fromHwio({ shape, values }: Kernel): Pick<Convolution, 'weight' | 'shape'> {
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  const area = height * width
  const weight = new Float32Array(values.length)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < area; k++) weight[(o * inputs + i) * area + k] = values[(k * inputs + i) * outputs + o]!
    }
  }
  return { weight, shape: [outputs, inputs, height, width] }
}
