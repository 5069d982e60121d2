import type { MeasuredTerm } from '../engine.ts'
import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'
import { emitGram, emitMean, emitRows } from './statistics.ts'
import { emitTotalVariation } from './total-variation.ts'

/**
 * Emits a term: its weighted loss as a scalar, and its gradient with respect to what it looks at.
 *
 * @param features The features of the term's layer; the canvas for total variation
 */
export function emitTerm(graph: Graph, term: MeasuredTerm, features: Value): Value {
  switch (term.kind) {
    case 'content':
      return emitContent(graph, term.target, term.weight, features)
    case 'gram':
      return emitGramTerm(graph, term.target, term.weight, features)
    case 'mean':
      return emitMeanTerm(graph, term.target, term.weight, features)
    case 'dream':
      return emitDream(graph, term.weight, term.channel, features)
    case 'totalVariation':
      return emitTotalVariation(graph, term.weight, features)
  }
}

function emitContent(graph: Graph, target: Float32Array, weight: number, f: Value): Value {
  const difference = graph.add('Sub', [f, graph.floats(f.shape, target)], f.shape)
  graph.addGradient(f, scaled(graph, difference, (2 * weight) / sizeOf(f.shape)))
  return meanSquare(graph, difference, weight)
}

function emitGramTerm(graph: Graph, target: Float32Array, weight: number, f: Value): Value {
  const rows = emitRows(graph, f)
  const [channels, places] = rows.shape as [number, number]
  const gram = emitGram(graph, rows)
  const difference = graph.add('Sub', [gram, graph.floats(gram.shape, target)], gram.shape)
  // d/dF of mean((F F^T / n - T)^2) is 4 / (c^2 n) (G - T) F, because G - T is symmetric.
  const product = graph.add(
    'MatMul',
    [scaled(graph, difference, (4 * weight) / (channels ** 2 * places)), rows],
    rows.shape,
  )
  graph.addGradient(f, graph.add('Reshape', [product, graph.integers(...f.shape)], f.shape))
  return meanSquare(graph, difference, weight)
}

function emitMeanTerm(graph: Graph, target: Float32Array, weight: number, f: Value): Value {
  const rows = emitRows(graph, f)
  const [channels, places] = rows.shape as [number, number]
  const mean = emitMean(graph, rows)
  const difference = graph.add('Sub', [mean, graph.floats(mean.shape, target)], mean.shape)
  const share = scaled(graph, difference, (2 * weight) / (channels * places))
  const column = graph.add('Reshape', [share, graph.integers(1, channels, 1, 1)], [1, channels, 1, 1])
  graph.addGradient(f, graph.add('Expand', [column, graph.integers(...f.shape)], f.shape))
  return meanSquare(graph, difference, weight)
}

function emitDream(graph: Graph, weight: number, channel: number | undefined, f: Value): Value {
  const channels = f.shape[1]!
  if (channel === undefined) {
    graph.addGradient(f, scaled(graph, f, (-2 * weight) / sizeOf(f.shape)))
    return meanSquare(graph, f, -weight)
  }
  const only = new Float32Array(channels)
  only[channel] = 1
  const seen = graph.add('Mul', [f, graph.floats([1, channels, 1, 1], only)], f.shape)
  graph.addGradient(f, scaled(graph, seen, (-2 * weight * channels) / sizeOf(f.shape)))
  return meanSquare(graph, seen, -weight * channels)
}

function meanSquare(graph: Graph, x: Value, weight: number): Value {
  const squares = graph.add('Mul', [x, x], x.shape)
  return scaled(graph, graph.add('ReduceMean', [squares], [], { keepdims: 0 }), weight)
}

function scaled(graph: Graph, x: Value, factor: number): Value {
  return graph.add('Mul', [x, graph.scalar(factor)], x.shape)
}
