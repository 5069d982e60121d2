import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'

/** Emits the mean squared difference of neighbours, down plus across, and its gradient. */
export function emitTotalVariation(graph: Graph, weight: number, canvas: Value): Value {
  const parts = [2, 3].map((axis) => emitAlong(graph, weight, canvas, axis))
  return graph.add('Sum', parts, [])
}

function emitAlong(graph: Graph, weight: number, canvas: Value, axis: number): Value {
  const size = canvas.shape[axis]!
  const shape = canvas.shape.with(axis, size - 1)
  const slice = (from: number, to: number) =>
    graph.add('Slice', [canvas, graph.integers(from), graph.integers(to), graph.integers(axis)], shape)
  const difference = graph.add('Sub', [slice(1, size), slice(0, size - 1)], shape)
  const scaled = graph.add('Mul', [difference, graph.scalar((2 * weight) / sizeOf(shape))], shape)
  // Each difference pulls its later pixel down and its earlier one up.
  const placed = (before: number) => {
    const pads = [0, 0, 0, 0, 0, 0, 0, 0]
    pads[axis] = before
    pads[axis + 4] = 1 - before
    return graph.add('Pad', [scaled, graph.integers(...pads)], canvas.shape)
  }
  graph.addGradient(canvas, graph.add('Sub', [placed(1), placed(0)], canvas.shape))
  const squares = graph.add('Mul', [difference, difference], shape)
  const mean = graph.add('ReduceMean', [squares], [], { keepdims: 0 })
  return graph.add('Mul', [mean, graph.scalar(weight)], [])
}
