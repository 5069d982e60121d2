import type { Tensor4D } from '@tensorflow/tfjs'
import { inputsOf, upTo } from '../../networks/network.ts'
import type { Layer, Network } from '../../networks/network.ts'
import type { Edges } from '../edges.ts'
import type { Backend } from './backend.ts'
import { convolve, loadConvolution } from './convolution.ts'
import type { LoadedConvolution } from './convolution.ts'
import { cropped, surrounded } from './edges.ts'
import { normalizeResponse } from './normalization.ts'
import { pool } from './pooling.ts'

/** A network up to some layers, its weights on the device. */
export interface LoadedLayers {
  /** The features of the named layers of a canvas, `[1, height, width, channels]`. */
  run(canvas: Tensor4D): Map<string, Tensor4D>
  dispose(): void
}

/** @throws when a name is not a layer of the network */
export function loadLayers(backend: Backend, network: Network, names: readonly string[], edges: Edges): LoadedLayers {
  const { tf } = backend
  const layers = upTo(network, names)
  const weights = new Map<string, LoadedConvolution>()
  for (const layer of layers) if (layer.kind === 'convolution') weights.set(layer.name, loadConvolution(tf, layer))

  function runLayer(layer: Layer, inputs: readonly Tensor4D[]): Tensor4D {
    switch (layer.kind) {
      case 'convolution':
        return convolve(tf, layer, weights.get(layer.name)!, inputs[0]!)
      case 'pooling':
        return pool(backend, layer, inputs[0]!)
      case 'concatenation':
        return tf.concat([...inputs], 3)
      case 'localResponseNormalization':
        return normalizeResponse(tf, layer, inputs[0]!)
    }
  }

  return {
    run(canvas) {
      const values = new Map([['input', normalized(backend, network, surrounded(tf, canvas, edges))]])
      for (const layer of layers) {
        const inputs = inputsOf(layer).map((name) => values.get(name)!)
        values.set(layer.name, runLayer(layer, inputs))
      }
      return new Map(names.map((name) => [name, cropped(tf, values.get(name)!, canvas, edges)]))
    },
    dispose() {
      for (const { kernel, bias, turned } of weights.values()) tf.dispose([kernel, bias, ...(turned ? [turned] : [])])
    },
  }
}

function normalized({ tf }: Backend, { normalization }: Network, canvas: Tensor4D): Tensor4D {
  const { order, mean, scale } = normalization
  const values = tf.mul(tf.sub(canvas, tf.tensor1d([...mean])), tf.tensor1d([...scale])) as Tensor4D
  return order === 'rgb' ? values : tf.reverse(values, 3)
}
