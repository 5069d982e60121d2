import { inputsOf, shapeOf, upTo } from '../../networks/network.ts'
import type { FeatureShape, Layer, Network } from '../../networks/network.ts'
import type { Edges } from '../edges.ts'
import { emitConvolution } from './convolution.ts'
import { emitCropped, emitSurroundings } from './edges.ts'
import type { Graph, Value } from './graph.ts'
import { emitNormalized } from './normalization.ts'
import { emitPooling } from './pooling.ts'

/**
 * Emits a network up to the named layers.
 *
 * @param canvas RGB 0-255, `[1, 3, height, width]`
 * @returns the features of the named layers, by name; `'input'` is the normalised canvas
 */
export function emitLayers(
  graph: Graph,
  network: Network,
  names: readonly string[],
  canvas: Value,
  edges: Edges,
): Map<string, Value> {
  const values = new Map([['input', emitNormalization(graph, network, emitSurroundings(graph, canvas, edges))]])
  for (const layer of upTo(network, names)) {
    const inputs = inputsOf(layer).map((name) => values.get(name)!)
    values.set(layer.name, emitLayer(graph, layer, inputs))
  }
  return new Map(names.map((name) => [name, emitCropped(graph, values.get(name)!, canvas, edges)]))
}

function emitLayer(graph: Graph, layer: Layer, inputs: readonly Value[]): Value {
  const [x] = inputs as [Value]
  const out = shapeOf(layer, inputs.map(toFeatureShape))
  switch (layer.kind) {
    case 'convolution':
      return emitConvolution(graph, layer, x, out)
    case 'pooling':
      return emitPooling(graph, layer, x, out)
    case 'concatenation':
      return emitConcatenation(graph, inputs, out)
    case 'localResponseNormalization':
      return emitNormalized(graph, layer, x)
  }
}

/** The normalisation is a 1 x 1 convolution: it can also turn RGB into BGR. */
function emitNormalization(graph: Graph, { normalization }: Network, canvas: Value): Value {
  const { order, mean, scale } = normalization
  const weight = new Float32Array(9)
  const bias = new Float32Array(3)
  for (let to = 0; to < 3; to++) {
    const from = order === 'rgb' ? to : 2 - to
    weight[to * 3 + from] = scale[from]!
    bias[to] = -mean[from]! * scale[from]!
  }
  const [, , height, width] = canvas.shape as [number, number, number, number]
  return emitConvolution(
    graph,
    {
      kind: 'convolution',
      name: 'input',
      input: '',
      weight,
      bias,
      shape: [3, 3, 1, 1],
      stride: 1,
      padding: 0,
      slope: 1,
    },
    canvas,
    { channels: 3, width, height },
  )
}

function emitConcatenation(graph: Graph, inputs: readonly Value[], out: FeatureShape): Value {
  const y = graph.add('Concat', inputs, [1, out.channels, out.height, out.width], { axis: 1 })
  graph.onBackward(y, (gradient) => {
    const channels = inputs.map(({ shape }) => shape[1]!)
    const shapes = inputs.map(({ shape }) => shape)
    const parts = graph.addMany('Split', [gradient, graph.integers(...channels)], shapes, { axis: 1 })
    for (const [i, part] of parts.entries()) graph.addGradient(inputs[i]!, part)
  })
  return y
}

function toFeatureShape({ shape }: Value): FeatureShape {
  const [, channels, height, width] = shape as [number, number, number, number]
  return { channels, height, width }
}
