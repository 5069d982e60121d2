import type { Probe } from '../engine.ts'
import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'

/** Emits what a probe asks of a layer's features. */
export function emitStatistic(graph: Graph, features: Value, statistic: Probe['statistic']): Value {
  switch (statistic) {
    case 'features':
      return features
    case 'gram':
      return emitGram(graph, emitRows(graph, features))
    case 'mean':
      return emitMean(graph, emitRows(graph, features))
  }
}

/** Features as a matrix `[channels, places]`. */
export function emitRows(graph: Graph, features: Value): Value {
  const channels = features.shape[1]!
  return graph.add('Reshape', [features, graph.integers(channels, -1)], [channels, sizeOf(features.shape) / channels])
}

/** `F F^T / places`, `[channels, channels]`. */
export function emitGram(graph: Graph, rows: Value): Value {
  const [channels, places] = rows.shape as [number, number]
  const columns = graph.add('Transpose', [rows], [places, channels], { perm: [1, 0] })
  const product = graph.add('MatMul', [rows, columns], [channels, channels])
  return graph.add('Mul', [product, graph.scalar(1 / places)], [channels, channels])
}

/** The mean of each row, `[channels]`. */
export function emitMean(graph: Graph, rows: Value): Value {
  return graph.add('ReduceMean', [rows], [rows.shape[0]!], { axes: [1], keepdims: 0 })
}
