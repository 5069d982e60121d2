import type { Convolution, Layer, Network } from '../networks/network.ts'
import { createRandom } from '../pictures/random.ts'

type Shape = readonly [outputs: number, inputs: number, side: number]

/** A convolution with weights of chance, for tests. */
export function randomConvolution(
  name: string,
  input: string,
  [outputs, inputs, side]: Shape,
  { stride = 1, padding = (side - 1) / 2, slope = 0 }: Partial<Pick<Convolution, 'stride' | 'padding' | 'slope'>> = {},
): Convolution {
  const random = createRandom(outputs * 1000 + inputs * 10 + side)
  const scale = Math.sqrt(2 / (inputs * side * side))
  return {
    kind: 'convolution',
    name,
    input,
    weight: Float32Array.from({ length: outputs * inputs * side * side }, () => scale * random.normal()),
    bias: Float32Array.from({ length: outputs }, () => 0.1 * random.normal()),
    shape: [outputs, inputs, side, side],
    stride,
    padding,
    slope,
  }
}

/** A network of a few layers, for tests; pixels are brought to about -2 to 2. */
export function tinyNetwork(layers: readonly Layer[], order: 'rgb' | 'bgr' = 'rgb'): Network {
  return {
    name: 'tiny',
    layers,
    normalization: { order, mean: [120, 127, 134], scale: [1 / 60, 1 / 64, 1 / 68] },
    license: 'none',
    source: 'chance',
    taste: { style: [], content: [], dream: [] },
  }
}
