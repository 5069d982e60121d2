import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs'
import { toEvaluation } from '../../evaluator.ts'
import type { Evaluator } from '../../evaluator.ts'
import type { Picture, Size } from '../../pictures/picture.ts'
import type { Engine } from '../engine.ts'
import { loadBackend } from './backend.ts'
import type { Tf } from './backend.ts'
import { loadLayers } from './layers.ts'
import { statisticOf } from './statistics.ts'
import { loadTarget, lossOf } from './terms.ts'

/**
 * Creates the engine on TensorFlow.js: it differentiates, and runs on a GPU where `@tensorflow/tfjs-node-gpu` is installed. Loss and
 * gradient agree with ONNX Runtime's.
 */
export async function createTfjsEngine(): Promise<Engine> {
  const backend = await loadBackend()
  const { tf, device } = backend
  return {
    name: 'tfjs',
    device,
    async measure(network, picture, probes, edges) {
      const names = [...new Set(probes.map(({ layer }) => layer))]
      const layers = loadLayers(backend, network, names, edges)
      const results = tf.tidy(() => {
        const features = layers.run(toTensor(tf, picture, picture.data))
        return probes.map(({ layer, statistic }) => statisticOf(tf, features.get(layer)!, statistic))
      })
      const values = await Promise.all(results.map((result) => result.data<'float32'>()))
      tf.dispose(results)
      layers.dispose()
      return values.map((value) => Float32Array.from(value))
    },
    async compile(network, terms, size, edges) {
      const names = [...new Set(terms.flatMap((term) => (term.kind === 'totalVariation' ? [] : [term.layer])))]
      const layers = loadLayers(backend, network, names, edges)
      let targets: Tensor[] | undefined

      function losses(canvas: Tensor4D): Scalar[] {
        const features = layers.run(canvas)
        const seen = terms.map((term) => (term.kind === 'totalVariation' ? canvas : features.get(term.layer)!))
        targets ??= terms.map((term, i) => tf.keep(loadTarget(tf, term, seen[i]!.shape)))
        return terms.map((term, i) => lossOf(tf, term, targets![i]!, seen[i]!))
      }

      return {
        async evaluate(canvas) {
          const [values, gradient] = tf.tidy(() => valuesAndGradient(tf, losses, toTensor(tf, size, canvas)))
          const [numbers, slopes] = await Promise.all([values.data<'float32'>(), gradient.data<'float32'>()])
          tf.dispose([values, gradient])
          return toEvaluation(terms, [...numbers], Float32Array.from(slopes))
        },
        [Symbol.asyncDispose]: () => {
          layers.dispose()
          if (targets) tf.dispose(targets)
          return Promise.resolve()
        },
      } satisfies Evaluator
    },
  }
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
