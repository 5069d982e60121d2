import type { FeatureShape, Pooling } from '../../networks/network.ts'
import { paddingOf } from '../../networks/padding.ts'
import { isPadded, windowShares } from '../window-shares.ts'
import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'

/** Emits a pooling, forward and backward; windows may overlap. */
export function emitPooling(graph: Graph, layer: Pooling, x: Value, out: FeatureShape): Value {
  const { method, size, stride, padding } = layer
  const outShape = [1, out.channels, out.height, out.width]
  const [top, bottom] = paddingOf(padding, { size: x.shape[2]!, kernel: size, stride })
  const [left, right] = paddingOf(padding, { size: x.shape[3]!, kernel: size, stride })
  const pads = [top, left, bottom, right] as const
  const attributes = { kernel_shape: [size, size], strides: [stride, stride] }
  if (method === 'average') {
    const y = graph.add('AveragePool', [x], outShape, { ...attributes, pads })
    const places = { height: x.shape[2]!, width: x.shape[3]! }
    graph.onBackward(y, (gradient) => {
      if (!isPadded(layer, places)) return graph.addGradient(x, spread(graph, gradient, x, size, stride))
      const shares = graph.floats([1, 1, out.height, out.width], windowShares(layer, places))
      const shared = graph.add('Mul', [gradient, shares], outShape)
      graph.addGradient(x, spreadOverPadded(graph, shared, x, layer, pads))
    })
    return y
  }
  const [y, winners] = graph.addMany('MaxPool', [x], [outShape, outShape], { ...attributes, pads }) as [Value, Value]
  graph.onBackward(y, (gradient) => graph.addGradient(x, scattered(graph, gradient, winners, x)))
  return y
}

/** Gives every pixel its share of the windows that it is in. */
function spread(graph: Graph, gradient: Value, x: Value, size: number, stride: number): Value {
  const [, channels, height, width] = x.shape as [number, number, number, number]
  const share = 1 / (size * size)
  const rest = (whole: number, outputs: number) => whole - ((outputs - 1) * stride + size)
  const [down, across] = [rest(height, gradient.shape[2]!), rest(width, gradient.shape[3]!)]
  if (size !== stride) {
    const kernel = graph.floats([channels, 1, size, size], new Float32Array(channels * size * size).fill(share))
    return graph.add('ConvTranspose', [gradient, kernel], x.shape, {
      kernel_shape: [size, size],
      strides: [stride, stride],
      group: channels,
      output_padding: [down, across],
    })
  }
  const enlarged = graph.add(
    'Resize',
    [gradient, { name: '', shape: [] }, graph.floats([4], Float32Array.of(1, 1, size, size))],
    [1, channels, height - down, width - across],
    { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
  )
  const shared = graph.add('Mul', [enlarged, graph.scalar(share)], enlarged.shape)
  if (down === 0 && across === 0) return shared
  return graph.add('Pad', [shared, graph.integers(0, 0, 0, 0, 0, 0, down, across)], x.shape)
}

/** Gives every pixel the sum of the windows that it is in; what falls on added places is lost. */
function spreadOverPadded(
  graph: Graph,
  shared: Value,
  x: Value,
  { size, stride }: Pooling,
  pads: readonly [number, number, number, number],
): Value {
  const channels = x.shape[1]!
  const [top, left, bottom, right] = pads
  const rest = (axis: number, added: number) => x.shape[axis]! + added - ((shared.shape[axis]! - 1) * stride + size)
  const kernel = graph.floats([channels, 1, size, size], new Float32Array(channels * size * size).fill(1))
  return graph.add('ConvTranspose', [shared, kernel], x.shape, {
    kernel_shape: [size, size],
    strides: [stride, stride],
    group: channels,
    pads,
    output_padding: [rest(2, top + bottom), rest(3, left + right)],
  })
}

/** Gives each window's gradient to its largest pixel. */
function scattered(graph: Graph, gradient: Value, winners: Value, x: Value): Value {
  const count = sizeOf(x.shape)
  const flat = [sizeOf(gradient.shape)]
  const zeros = graph.add('Expand', [graph.scalar(0), graph.integers(count)], [count])
  const places = graph.add('Reshape', [winners, graph.integers(-1)], flat)
  const values = graph.add('Reshape', [gradient, graph.integers(-1)], flat)
  const sums = graph.add('ScatterElements', [zeros, places, values], [count], { axis: 0, reduction: 'add' })
  return graph.add('Reshape', [sums, graph.integers(...x.shape)], x.shape)
}
