import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs'
import { toEvaluation } from '../../evaluation.ts'
import type { Evaluator } from '../../evaluation.ts'
import type { Picture, Size } from '../../pictures/picture.ts'
import { measureWith } from '../engine.ts'
import type { Engine, Meter } from '../engine.ts'
import { loadBackend } from './backend.ts'
import type { Tf } from './backend.ts'
import { loadLayers } from './layers.ts'
import { DeviceNumbers } from './numbers.ts'
import { statisticOf } from './statistics.ts'
import { lossOf } from './terms.ts'

/**
 * Creates the engine on TensorFlow.js: it differentiates, and runs on a GPU where `@tensorflow/tfjs-node-gpu` is installed. Loss and
 * gradient agree with ONNX Runtime's.
 */
export async function createTfjsEngine(): Promise<Engine> {
  const backend = await loadBackend()
  const { tf, device } = backend
  const meter: Engine['meter'] = (network, probes, size, { edges }) => {
    const layers = loadLayers(backend, network, layersOf(probes), edges)
    const numbers = new DeviceNumbers(tf)
    return Promise.resolve({
      async measure(canvas, given = {}) {
        const results = tf.tidy(() => {
          const features = layers.run(toTensor(tf, size, canvas))
          return probes.map((probe) => {
            const seen = features.get(probe.layer)!
            if (probe.statistic === 'features') return tf.transpose(seen, [0, 3, 1, 2])
            return statisticOf(tf, seen, probe.statistic, numbers.places(probe, seen, given))
          })
        })
        const values = await Promise.all(results.map((result) => result.data<'float32'>()))
        tf.dispose(results)
        return values.map((value) => Float32Array.from(value))
      },
      [Symbol.asyncDispose]: () => {
        layers.dispose()
        numbers.dispose()
        return Promise.resolve()
      },
    } satisfies Meter)
  }

  return {
    name: 'tfjs',
    device,
    memory: MEMORY,
    measure: measureWith(meter),
    meter,
    compile(network, terms, size, { edges }) {
      const layers = loadLayers(backend, network, layersOf(terms), edges)
      const numbers = new DeviceNumbers(tf)
      return Promise.resolve({
        async evaluate(canvas, given = {}) {
          const losses = (x: Tensor4D): Scalar[] => {
            const features = layers.run(x)
            const each = terms.map((term) => lossOf(tf, term, features.get(term.layer)!, numbers, given))
            // Without a term there is nothing to differentiate.
            return each.length > 0 ? each : [tf.mul(tf.sum(x), 0)]
          }
          const [values, gradient] = tf.tidy(() => valuesAndGradient(tf, losses, toTensor(tf, size, canvas)))
          const [seen, slopes] = await Promise.all([values.data<'float32'>(), gradient.data<'float32'>()])
          tf.dispose([values, gradient])
          return toEvaluation(terms, [...seen], Float32Array.from(slopes))
        },
        [Symbol.asyncDispose]: () => {
          layers.dispose()
          numbers.dispose()
          return Promise.resolve()
        },
      } satisfies Evaluator)
    },
  }
}

const MEMORY = { features: 6.5, statistics: 7, weights: 2, base: 15e6 }

function layersOf(looks: readonly { readonly layer: string }[]): string[] {
  return [...new Set(looks.map(({ layer }) => layer))]
}

/** The value of each loss, and the gradient of their sum. */
function valuesAndGradient(
  tf: Tf,
  losses: (canvas: Tensor4D) => Scalar[],
  canvas: Tensor4D,
): [values: Tensor, gradient: Tensor] {
  let values: Tensor | undefined
  const { grad } = tf.valueAndGrad((x: Tensor) => {
    const each = losses(x as Tensor4D)
    values = tf.keep(tf.stack(each))
    return tf.addN(each)
  })(canvas)
  return [values!, grad]
}

function toTensor(tf: Tf, { width, height }: Size, data: Picture['data']): Tensor4D {
  return tf.tensor4d(data, [1, height, width, 3])
}
