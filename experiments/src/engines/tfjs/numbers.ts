import type { Tensor, Tensor4D } from '@tensorflow/tfjs'
import type { GivenNumbers, MeasuredTerm, Numbers, Probe, SlopeTerm } from '../engine.ts'
import type { Tf } from './backend.ts'

/** The numbers of terms on the device: those that are known are uploaded once, those that are given with each canvas. */
export class DeviceNumbers {
  readonly #tf: Tf
  readonly #known = new Map<Float32Array, Tensor>()

  constructor(tf: Tf) {
    this.#tf = tf
  }

  /** What each place counts, `[1, height, width, 1]`. */
  places({ places }: MeasuredTerm | SlopeTerm | Probe, features: Tensor4D, given: GivenNumbers): Tensor | undefined {
    const [, height, width] = features.shape
    return places && this.#upload(places, given, (values) => this.#tf.tensor4d(values, [1, height, width, 1]))
  }

  /** A target or slope in the layout that features have here. */
  target(numbers: Numbers, layout: 'features' | 'statistic', like: Tensor, given: GivenNumbers): Tensor {
    const tf = this.#tf
    if (layout === 'statistic') return this.#upload(numbers, given, (values) => tf.tensor(values, like.shape))
    const [, height, width, channels] = like.shape as [number, number, number, number]
    return this.#upload(numbers, given, (values) =>
      tf.transpose(tf.tensor4d(values, [1, channels, height, width]), [0, 2, 3, 1]),
    )
  }

  dispose(): void {
    this.#tf.dispose([...this.#known.values()])
  }

  #upload(numbers: Numbers, given: GivenNumbers, toTensor: (values: Float32Array) => Tensor): Tensor {
    if (!(numbers instanceof Float32Array)) return toTensor(given[numbers.given]!)
    const tensor = this.#known.get(numbers) ?? this.#tf.keep(this.#tf.tidy(() => toTensor(numbers)))
    this.#known.set(numbers, tensor)
    return tensor
  }
}
