import type { Convolution, FeatureShape } from '../../networks/network.ts'
import { paddingOf } from '../../networks/padding.ts'
import { flipped } from '../kernel.ts'
import type { Graph, Value } from './graph.ts'

/** Emits a convolution with its rectifier, forward and backward. */
export function emitConvolution(graph: Graph, layer: Convolution, x: Value, out: FeatureShape): Value {
  const { shape, stride, slope } = layer
  const [, , height, width] = shape
  const weight = graph.floats(shape, layer.weight)
  const bias = graph.floats([shape[0]], layer.bias)
  const outShape = [1, out.channels, out.height, out.width]
  const linear = graph.add('Conv', [x, weight, bias], outShape, {
    kernel_shape: [height, width],
    pads: padsOf(layer, x),
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
function flippedConvolution(graph: Graph, layer: Convolution, gradient: Value, x: Value): Value {
  const { weight, shape } = layer
  const [outputs, inputs, height, width] = shape
  const kernel = graph.floats([inputs, outputs, height, width], flipped(weight, shape))
  const [top, left, bottom, right] = padsOf(layer, x)
  return graph.add('Conv', [gradient, kernel], x.shape, {
    kernel_shape: [height, width],
    pads: [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right],
  })
}

function transposed(graph: Graph, layer: Convolution, gradient: Value, x: Value, weight: Value): Value {
  const { stride } = layer
  const [, , height, width] = layer.shape
  const [top, left, bottom, right] = padsOf(layer, x)
  const rest = (size: number, out: number, covered: number) => size - ((out - 1) * stride + covered)
  return graph.add('ConvTranspose', [gradient, weight], x.shape, {
    kernel_shape: [height, width],
    pads: [top, left, bottom, right],
    strides: [stride, stride],
    output_padding: [
      rest(x.shape[2]!, gradient.shape[2]!, height - top - bottom),
      rest(x.shape[3]!, gradient.shape[3]!, width - left - right),
    ],
  })
}

/** In the order of ONNX: top, left, bottom, right. */
function padsOf({ shape, stride, padding }: Convolution, x: Value): readonly [number, number, number, number] {
  const [top, bottom] = paddingOf(padding, { size: x.shape[2]!, kernel: shape[2], stride })
  const [left, right] = paddingOf(padding, { size: x.shape[3]!, kernel: shape[3], stride })
  return [top, left, bottom, right]
}
