import type { LocalResponseNormalization } from '../../networks/network.ts'
import { neighbours } from '../neighbours.ts'
import type { Graph, Value } from './graph.ts'

/**
 * Emits a local response normalisation, forward and backward. Sums over neighbouring channels are 1 x 1 convolutions with a band of ones:
 * with D = bias + alpha * sum(x^2) the gradient is `g D^-beta - 2 alpha beta x * sum(g x D^(-beta - 1))`, the band being symmetric.
 */
export function emitNormalized(graph: Graph, layer: LocalResponseNormalization, x: Value): Value {
  const { radius, bias, alpha, beta } = layer
  const { shape } = x
  const channels = shape[1]!
  const band = graph.floats([channels, channels, 1, 1], neighbours(channels, radius))
  const times = (a: Value, b: Value) => graph.add('Mul', [a, b], shape)
  const summed = (value: Value) => graph.add('Conv', [value, band], shape, { kernel_shape: [1, 1] })
  const power = (value: Value, exponent: number) => graph.add('Pow', [value, graph.scalar(exponent)], shape)

  const scaled = times(summed(times(x, x)), graph.scalar(alpha))
  const divisor = graph.add('Add', [scaled, graph.scalar(bias)], shape)
  const y = times(x, power(divisor, -beta))
  graph.onBackward(y, (gradient) => {
    const direct = times(gradient, power(divisor, -beta))
    const through = summed(times(times(gradient, x), power(divisor, -beta - 1)))
    const indirect = times(times(x, through), graph.scalar(2 * alpha * beta))
    graph.addGradient(x, graph.add('Sub', [direct, indirect], shape))
  })
  return y
}
