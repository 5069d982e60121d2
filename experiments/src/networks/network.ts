import { paddingOf } from './padding.ts'
import type { Padding } from './padding.ts'

/**
 * A convolutional network as data: engines compile it, nothing here computes. Layers stand in the order they run, each reads those
 * named before it, and `'input'` is the normalised picture. A convolution's features are those after its rectifier, as the papers
 * of style transfer mean by `conv4_1`.
 */
export interface Network {
  readonly name: string
  readonly layers: readonly Layer[]
  readonly normalization: Normalization
  /** who may do what with the weights */
  readonly license: string
  /** where the weights are from */
  readonly source: string
  /** the layers that this network does textures, content and dreams best with */
  readonly taste: Taste
}

export interface Taste {
  readonly style: readonly string[]
  readonly content: readonly string[]
  readonly dream: readonly string[]
}

/** `(value - mean) * scale` for each channel of RGB 0-255, then put in this order. */
export interface Normalization {
  readonly order: 'rgb' | 'bgr'
  /** in RGB order, whatever `order` is */
  readonly mean: readonly [number, number, number]
  readonly scale: readonly [number, number, number]
}

export type Layer = Convolution | Pooling | Concatenation | LocalResponseNormalization

export interface Convolution {
  readonly kind: 'convolution'
  readonly name: string
  readonly input: string
  /** `[outputs, inputs, height, width]`, flattened */
  readonly weight: Float32Array
  /** `[outputs]` */
  readonly bias: Float32Array
  readonly shape: readonly [outputs: number, inputs: number, height: number, width: number]
  readonly stride: number
  /** zeros added at each edge, after the normalisation */
  readonly padding: Padding
  /** what negative outputs are multiplied by: 0 is a ReLU, 0.1 Darknet's leaky ReLU, 1 no rectifier */
  readonly slope: number
}

export interface Pooling {
  readonly kind: 'pooling'
  readonly name: string
  readonly input: string
  readonly method: 'maximum' | 'average'
  readonly size: number
  /** windows overlap where it is smaller than `size`; a rest that fills no window is left out */
  readonly stride: number
  /** places added at the edges, which neither win nor count; none where it is left out */
  readonly padding?: 'same'
}

export interface Concatenation {
  readonly kind: 'concatenation'
  readonly name: string
  readonly inputs: readonly string[]
}

/**
 * Each value divided by `(bias + alpha * sum)^beta`, where the sum is over the squares of the channels at its place that are at most `radius`
 * away (Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", section 3.3).
 */
export interface LocalResponseNormalization {
  readonly kind: 'localResponseNormalization'
  readonly name: string
  readonly input: string
  readonly radius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/** Channels and size of a layer's features. */
export interface FeatureShape {
  readonly channels: number
  readonly width: number
  readonly height: number
}

/** The same network with every pooling done by averages: what textures and style transfer want (Gatys et al. 2015). */
export function withAveragePooling(network: Network): Network {
  const layers = network.layers.map((layer) =>
    layer.kind === 'pooling' ? ({ ...layer, method: 'average' } as const) : layer,
  )
  return { ...network, layers }
}

/**
 * The layers up to the last of those named, without what they do not need.
 *
 * @throws when a name is not a layer of the network, listing those that are
 */
export function upTo(network: Network, names: readonly string[]): Layer[] {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const needed = new Set<string>()
  const visit = (name: string): void => {
    if (name === 'input' || needed.has(name)) return
    const layer = byName.get(name)
    if (!layer) throw new Error(unknownLayer(network.name, namesOf(network), name))
    needed.add(name)
    for (const input of inputsOf(layer)) visit(input)
  }
  for (const name of names) visit(name)
  return network.layers.filter((layer) => needed.has(layer.name))
}

/** The names of the layers that this one reads. */
export function inputsOf(layer: Layer): readonly string[] {
  return layer.kind === 'concatenation' ? layer.inputs : [layer.input]
}

/** The shape of a layer's features from the shapes of what it reads. */
export function shapeOf(layer: Layer, inputs: readonly FeatureShape[]): FeatureShape {
  const [first] = inputs as [FeatureShape]
  switch (layer.kind) {
    case 'convolution': {
      const [channels, , height, width] = layer.shape
      return { channels, width: along(first.width, width, layer), height: along(first.height, height, layer) }
    }
    case 'pooling':
      return { ...first, width: along(first.width, layer.size, layer), height: along(first.height, layer.size, layer) }
    case 'concatenation':
      return { ...first, channels: inputs.reduce((sum, { channels }) => sum + channels, 0) }
    case 'localResponseNormalization':
      return first
  }
}

function along(size: number, kernel: number, { stride, padding }: Convolution | Pooling): number {
  const [before, after] = paddingOf(padding, { size, kernel, stride })
  return Math.floor((before + size + after - kernel) / stride) + 1
}

function namesOf({ layers }: Network): string[] {
  return layers.filter(({ kind }) => kind !== 'pooling').map(({ name }) => name)
}

/** What to say where somebody names a layer that is not there. */
export function unknownLayer(network: string, names: readonly string[], name: string): string {
  return `The network ${network} has no layer '${name}'. Its layers: ${names.join(', ')}`
}
