// Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition": the shape, narrowed.
import { readSafetensors, toFloats } from './formats/safetensors.ts'
import type { Tensor } from './formats/safetensors.ts'
import type { Layer, Network } from './network.ts'

/** The network that ships with the project, trained by `experiments/training` on generated motifs and free photographs. */
export function buildDefault(file: Uint8Array): Network {
  const tensors = readSafetensors(file)
  const names = [...tensors.keys()].filter((key) => key.endsWith('.weight')).map((key) => key.slice(0, -7))
  const layers: Layer[] = []
  let last = 'input'
  for (const name of names) {
    if (name.endsWith('_1') && name !== 'conv1_1') {
      const pool = `pool${Number(name.at(4)) - 1}`
      layers.push({ kind: 'pooling', name: pool, input: last, method: 'average', size: 2, stride: 2 })
      last = pool
    }
    const weight = tensors.get(`${name}.weight`)!
    const [outputs, inputs, height, width] = weight.shape as [number, number, number, number]
    layers.push({
      kind: 'convolution',
      name,
      input: last,
      weight: dequantized(weight, tensors.get(`${name}.scale`)!),
      bias: toFloats(tensors.get(`${name}.bias`)!),
      shape: [outputs, inputs, height, width],
      stride: 1,
      padding: 1,
      slope: 0,
    })
    last = name
  }
  return {
    name: 'default',
    layers,
    normalization: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [4 / 255, 4 / 255, 4 / 255] },
    license: 'Apache-2.0',
    source: 'trained by experiments/training',
    taste: {
      style: ['input', 'conv1_1', 'conv1_2', 'conv2_1', 'conv2_2', 'conv3_1', 'conv3_2', 'conv4_1', 'conv4_2'],
      content: ['conv3_2'],
      dream: ['conv4_2', 'conv5_1'],
    },
  }
}

function dequantized(weight: Tensor, scale: Tensor): Float32Array {
  const values = toFloats(weight)
  const scales = toFloats(scale)
  const area = values.length / scales.length
  return values.map((value, k) => value * scales[Math.floor(k / area)]!)
}
