import { chance } from '../experiments/src/networks/fixtures/chance.ts'
import type { Convolution, Layer, Network } from '../experiments/src/networks/network.ts'
import { vgg16 } from '../experiments/src/networks/vgg.ts'

/** Channels of the convolutions of VGG16, from one pooling to the next. */
const GROUPS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
]

/** VGG16 with weights of chance: a step of it takes as long as with those that were published. */
export function vggOfChance(): Network {
  const layers: Layer[] = []
  let inputs = 3
  for (const [group, channels] of GROUPS.entries()) {
    for (const [index, outputs] of channels.entries()) {
      layers.push(convolution(`conv${group + 1}_${index + 1}`, layers, inputs, outputs))
      inputs = outputs
    }
    const { name: input } = layers.at(-1)!
    layers.push({ kind: 'pooling', name: `pool${group + 1}`, input, method: 'average', size: 2, stride: 2 })
  }
  const { name, license, normalization, taste } = vgg16
  return { name, license, normalization, taste, layers, source: 'chance' }
}

function convolution(name: string, before: readonly Layer[], inputs: number, outputs: number): Convolution {
  const size = 9 * inputs
  return {
    kind: 'convolution',
    name,
    input: before.at(-1)?.name ?? 'input',
    weight: chance(before.length, outputs * size, Math.sqrt(6 / size)),
    bias: chance(before.length + 100, outputs, 0.1),
    shape: [outputs, inputs, 3, 3],
    stride: 1,
    padding: 1,
    slope: 0,
  }
}
