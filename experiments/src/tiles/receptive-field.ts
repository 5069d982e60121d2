import { inputsOf, upTo } from '../networks/network.ts'
import type { Layer, Network } from '../networks/network.ts'

/** Which pixels a feature depends on: that at place `i` sees those from `i * stride - before` to `i * stride + after`. */
export interface ReceptiveField {
  readonly stride: number
  readonly before: number
  readonly after: number
}

/**
 * How far the layers see that the named ones need.
 *
 * @throws when a name is not a layer of the network, or a layer cannot be evaluated by tiles
 */
export function receptiveFieldsOf(network: Network, names: readonly string[]): Map<string, ReceptiveField> {
  const fields = new Map<string, ReceptiveField>([['input', { stride: 1, before: 0, after: 0 }]])
  for (const layer of upTo(network, names)) {
    const seen = inputsOf(layer).map((name) => fields.get(name)!)
    fields.set(layer.name, through(layer, widest(seen)))
  }
  return fields
}

function through(layer: Layer, { stride, before, after }: ReceptiveField): ReceptiveField {
  if (layer.kind !== 'convolution' && layer.kind !== 'pooling') return { stride, before, after }
  const padding: unknown = 'padding' in layer ? layer.padding : 0
  if (typeof padding !== 'number') throw new RangeError(notByTiles(layer.name))
  const side = layer.kind === 'pooling' ? layer.size : Math.max(layer.shape[2], layer.shape[3])
  return {
    stride: stride * layer.stride,
    before: before + padding * stride,
    after: after + (side - 1 - padding) * stride,
  }
}

/** Where the padding follows from the size of the canvas, features of a tile stand elsewhere than those of the whole. */
function notByTiles(layer: string): string {
  return `The layer ${layer} pads by the size of its input, so it cannot be evaluated by tiles. Leave \`tile\` out, or take another network`
}

/** One that contains them all. */
export function widest(fields: readonly ReceptiveField[]): ReceptiveField {
  return {
    stride: Math.max(...fields.map(({ stride }) => stride)),
    before: Math.max(...fields.map(({ before }) => before)),
    after: Math.max(...fields.map(({ after }) => after)),
  }
}
