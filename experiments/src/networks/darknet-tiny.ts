// Redmon 2016, "Darknet: open source neural networks in C", the tiny classifier; batch normalisation is folded in.
import { fromHwio } from './formats/kernel.ts'
import type { Layer } from './network.ts'
import type { FilesEntry } from './entry.ts'

const SHARDS = 31
const POOLED = new Set([1, 2, 6, 10])
const CONVOLUTIONS = 15

export const darknetTiny: FilesEntry = {
  name: 'darknet-tiny',
  license: 'MIT (conversion), public domain (Darknet)',
  url: 'https://raw.githubusercontent.com/ml5js/ml5-data-and-models/0612a3e/models/darknetclassifier/darknettiny/',
  files: [
    {
      name: 'darknet-tiny/model.json',
      path: 'model.json',
      sha256: '5a5ee1ddb33ac7948b303197f4c63f72a80fc00a7d2870d30843004ddd5b4b51',
    },
    ...Array.from({ length: SHARDS }, (_, i) => ({
      name: `darknet-tiny/group${i + 1}-shard1of1`,
      path: `group${i + 1}-shard1of1`,
    })),
  ],
  sha256OfRest: '767115e21d4f323d7b412c9cb2c53977c8c15215b6934d5928485e5634c8bd0f',
  normalization: { order: 'rgb', mean: [0, 0, 0], scale: [1 / 255, 1 / 255, 1 / 255] },
  taste: {
    style: ['conv1', 'conv2', 'conv4', 'conv6', 'conv8', 'conv10'],
    content: ['conv8'],
    dream: ['conv10', 'conv14'],
  },
  build: ([model, ...shards]) => build(JSON.parse(new TextDecoder().decode(model)) as Model, shards),
}

interface Model {
  readonly weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[]
}

function build(model: Model, shards: readonly Uint8Array[]): readonly Layer[] {
  const weights = readWeights(model, shards)
  const layers: Layer[] = []
  let last = 'input'
  for (let i = 1; i <= CONVOLUTIONS; i++) {
    const { weight, shape } = fromHwio(weights.get(`conv2d_${i}/kernel`)!)
    const [, inputs, height, width] = shape
    const norm = (part: string) => weights.get(`batch_normalization_${i}/${part}`)!.values
    const [gamma, beta, mean, variance] = [norm('gamma'), norm('beta'), norm('moving_mean'), norm('moving_variance')]
    const gain = gamma.map((value, o) => value / Math.sqrt(variance[o]! + 1e-3))
    const area = inputs * height * width
    layers.push({
      kind: 'convolution',
      name: `conv${i}`,
      input: last,
      weight: weight.map((value, k) => value * gain[Math.floor(k / area)]!),
      bias: beta.map((value, o) => value - mean[o]! * gain[o]!),
      shape,
      stride: 1,
      padding: (height - 1) / 2,
      slope: 0.1,
    })
    last = `conv${i}`
    if (POOLED.has(i)) {
      layers.push({ kind: 'pooling', name: `pool${i}`, input: last, method: 'maximum', size: 2, stride: 2 })
      last = `pool${i}`
    }
  }
  return layers
}

function readWeights(model: Model, shards: readonly Uint8Array[]) {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  for (const [g, group] of model.weightsManifest.entries()) {
    const { buffer } = Uint8Array.from(shards[g]!)
    let offset = 0
    for (const { name, shape } of group.weights) {
      const count = shape.reduce((a, b) => a * b, 1)
      weights.set(name, { shape, values: new Float32Array(buffer, offset, count) })
      offset += count * 4
    }
  }
  return weights
}
