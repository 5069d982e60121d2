import type { Convolution, FeatureShape } from '../../networks/network.ts'
import { flipped } from '../kernel.ts'
import type { Graph, Value } from './graph.ts'

/** Emits a convolution with its rectifier, forward and backward. */
export function emitConvolution(graph: Graph, layer: Convolution, x: Value, out: FeatureShape): Value {
  const { shape, stride, padding, slope } = layer
  const [, , height, width] = shape
  const weight = graph.floats(shape, layer.weight)
  const bias = graph.floats([shape[0]], layer.bias)
  const outShape = [1, out.channels, out.height, out.width]
  const linear = graph.add('Conv', [x, weight, bias], outShape, {
    kernel_shape: [height, width],
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
  })
  const y = rectified(graph, linear, slope)
  graph.onBackward(y, (gradient) => {
    const masked = slope === 1 ? gradient : graph.add('Mul', [gradient, rectifierSlope(graph, y, slope)], outShape)
    graph.addGradient(
      x,
      stride === 1 ? flippedConvolution(graph, layer, masked, x) : transposed(graph, layer, masked, x, weight),
    )
  })
  return y
}

function rectified(graph: Graph, x: Value, slope: number): Value {
  if (slope === 1) return x
  return slope === 0 ? graph.add('Relu', [x], x.shape) : graph.add('LeakyRelu', [x], x.shape, { alpha: slope })
}

/** 1 where the output is positive, `slope` elsewhere: the output has the sign of the input. */
function rectifierSlope(graph: Graph, y: Value, slope: number): Value {
  const sign = graph.add('Sign', [y], y.shape)
  return slope === 0 ? sign : graph.add('Max', [sign, graph.scalar(slope)], y.shape)
}

/** With stride 1 the gradient is a convolution with the kernel turned by 180 degrees, much faster than ConvTranspose. */
function flippedConvolution(graph: Graph, { weight, shape, padding }: Convolution, gradient: Value, x: Value): Value {
  const [outputs, inputs, height, width] = shape
  const kernel = graph.floats([inputs, outputs, height, width], flipped(weight, shape))
  const [down, across] = [height - 1 - padding, width - 1 - padding]
  return graph.add('Conv', [gradient, kernel], x.shape, {
    kernel_shape: [height, width],
    pads: [down, across, down, across],
  })
}

function transposed(graph: Graph, layer: Convolution, gradient: Value, x: Value, weight: Value): Value {
  const { stride, padding } = layer
  const [, , height, width] = layer.shape
  const rest = (size: number, out: number, kernel: number) => size - ((out - 1) * stride + kernel - 2 * padding)
  return graph.add('ConvTranspose', [gradient, weight], x.shape, {
    kernel_shape: [height, width],
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
    output_padding: [rest(x.shape[2]!, gradient.shape[2]!, height), rest(x.shape[3]!, gradient.shape[3]!, width)],
  })
}
