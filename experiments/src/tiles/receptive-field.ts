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
 * @throws when a name is not a layer of the network
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
  if (layer.kind === 'convolution') {
    const reach = Math.max(layer.shape[2], layer.shape[3]) - 1
    const { padding } = layer
    return {
      stride: stride * layer.stride,
      before: before + padding * stride,
      after: after + (reach - padding) * stride,
    }
  }
  if (layer.kind !== 'pooling') return { stride, before, after }
  return { stride: stride * layer.stride, before, after: after + (layer.size - 1) * stride }
}

/** One that contains them all. */
export function widest(fields: readonly ReceptiveField[]): ReceptiveField {
  return {
    stride: Math.max(...fields.map(({ stride }) => stride)),
    before: Math.max(...fields.map(({ before }) => before)),
    after: Math.max(...fields.map(({ after }) => after)),
  }
}
