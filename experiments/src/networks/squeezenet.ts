// Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size"; version 1.1.
import { fromHwio } from './formats/kernel.ts'
import { readKerasJs } from './formats/keras-js.ts'
import type { Layer } from './network.ts'
import type { FilesEntry } from './entry.ts'

export const squeezenet: FilesEntry = {
  name: 'squeezenet',
  license: 'BSD 2-Clause',
  url: 'https://raw.githubusercontent.com/transcranial/keras-js-demos-data/d9ec291/squeezenet_v1.1/squeezenet_v1.1.bin',
  files: [
    {
      name: 'squeezenet_v1.1.kerasjs.bin',
      path: '',
      sha256: '84dee9b31d99b0b7babb9db5494f06599f0359129e6b765fe9f4fe9e1c72ed41',
    },
  ],
  normalization: { order: 'bgr', mean: [123.68, 116.779, 103.939], scale: [1, 1, 1] },
  taste: {
    style: ['conv1', 'fire2', 'fire3', 'fire4', 'fire5', 'fire6', 'fire7'],
    content: ['fire6'],
    dream: ['fire5', 'fire8'],
  },
  build: ([file]) => build(file!),
}

function build(file: Uint8Array): readonly Layer[] {
  const weights = readKerasJs(file)
  const layers: Layer[] = []
  const convolution = (name: string, input: string, stride: number, padding: number, as = name): string => {
    const bias = weights.get(`${name}/bias`)!.values
    const kernel = fromHwio(weights.get(`${name}/kernel`)!)
    layers.push({ kind: 'convolution', name: as, input, ...kernel, bias, stride, padding, slope: 0 })
    return as
  }
  const pooling = (input: string): string => {
    const name = `pool_${input}`
    layers.push({ kind: 'pooling', name, input, method: 'maximum', size: 3, stride: 2 })
    return name
  }
  let last = pooling(convolution('conv1', 'input', 2, 0))
  for (let i = 2; i <= 9; i++) {
    const name = `fire${i}`
    const squeezed = convolution(`${name}/squeeze1x1`, last, 1, 0)
    const expanded = [
      convolution(`${name}/expand1x1`, squeezed, 1, 0),
      convolution(`${name}/expand3x3`, squeezed, 1, 1),
    ]
    layers.push({ kind: 'concatenation', name, inputs: expanded })
    last = i === 3 || i === 5 ? pooling(name) : name
  }
  return layers
}
