// Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition", configurations D and E.
import type { TensorsEntry } from './entry.ts'
import { toFloats } from './formats/safetensors.ts'
import type { Tensor } from './formats/safetensors.ts'
import { unknownLayer } from './network.ts'
import type { Layer, Network } from './network.ts'

/** In torchvision's weights, which want RGB of 0 to 1 less the mean of ImageNet, divided by its deviation. */
const normalization = {
  order: 'rgb',
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  scale: [1 / (0.229 * 255), 1 / (0.224 * 255), 1 / (0.225 * 255)],
} as const

export const vgg16 = vgg('vgg16', [2, 2, 3, 3, 3], { content: ['conv3_3'], dream: ['conv4_3', 'conv5_3'] })
export const vgg19 = vgg('vgg19', [2, 2, 4, 4, 4], { content: ['conv4_2'], dream: ['conv4_4', 'conv5_4'] })

function vgg(
  name: string,
  groups: readonly number[],
  taste: Pick<Network['taste'], 'content' | 'dream'>,
): TensorsEntry {
  const plan = planOf(groups)
  const names = plan.map((step) => step.name)
  return {
    name,
    license: 'BSD 3-Clause (torchvision)',
    url: `https://huggingface.co/timm/${name}.tv_in1k/resolve/main/model.safetensors`,
    normalization,
    taste: { style: ['conv1_1', 'conv2_1', 'conv3_1', 'conv4_1', 'conv5_1'], ...taste },
    file: `${name}.safetensors`,
    tensors(layers) {
      const unknown = layers.find((layer) => layer !== 'input' && !names.includes(layer))
      if (unknown !== undefined) throw new Error(unknownLayer(name, names, unknown))
      const deepest = layers.length > 0 ? Math.max(...layers.map((layer) => names.indexOf(layer))) : plan.length - 1
      return plan.slice(0, deepest + 1).flatMap(({ at }) => (at === undefined ? [] : [weightOf(at), biasOf(at)]))
    },
    build(tensors) {
      const layers: Layer[] = []
      for (const step of plan) {
        const input = layers.at(-1)?.name ?? 'input'
        if (step.at === undefined) {
          layers.push({ kind: 'pooling', name: step.name, input, method: 'maximum', size: 2, stride: 2 })
          continue
        }
        const [weight, bias] = [tensors.get(weightOf(step.at)), tensors.get(biasOf(step.at))]
        if (!weight || !bias) break
        layers.push(convolution(step.name, input, weight, bias))
      }
      return layers
    },
  }
}

/** The layers in order; convolutions with their number among torchvision's `features`, which counts rectifiers and poolings too. */
function planOf(groups: readonly number[]): { name: string; at?: number }[] {
  const plan: { name: string; at?: number }[] = []
  let at = 0
  for (const [group, convolutions] of groups.entries()) {
    for (let i = 1; i <= convolutions; i++, at += 2) plan.push({ name: `conv${group + 1}_${i}`, at })
    plan.push({ name: `pool${group + 1}` })
    at++
  }
  return plan
}

function convolution(name: string, input: string, weight: Tensor, bias: Tensor): Layer {
  return {
    kind: 'convolution',
    name,
    input,
    weight: toFloats(weight),
    bias: toFloats(bias),
    shape: weight.shape as [number, number, number, number],
    stride: 1,
    padding: 1,
    slope: 0,
  }
}

const weightOf = (at: number) => `features.${at}.weight`
const biasOf = (at: number) => `features.${at}.bias`
