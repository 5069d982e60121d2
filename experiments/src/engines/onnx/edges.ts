import { croppedBy, marginOf } from '../edges.ts'
import type { Edges } from '../edges.ts'
import type { Graph, Value } from './graph.ts'

/** Emits the canvas with its surroundings. */
export function emitSurroundings(graph: Graph, canvas: Value, edges: Edges): Value {
  const [, , height, width] = canvas.shape as [number, number, number, number]
  const margin = marginOf(edges, { width, height })
  if (margin === 0) return canvas
  return [2, 3].reduce((value, axis) => emitAlong(graph, value, axis, margin, edges), canvas)
}

/** Emits features without those of the surroundings. */
export function emitCropped(graph: Graph, features: Value, canvas: Value, edges: Edges): Value {
  const [, , height, width] = canvas.shape as [number, number, number, number]
  const margin = marginOf(edges, { width, height })
  if (margin === 0) return features
  return [2, 3].reduce((value, axis) => {
    const length = features.shape[axis]!
    const crop = croppedBy(margin, canvas.shape[axis]!, length)
    return emitSlice(graph, value, axis, crop, length - crop)
  }, features)
}

function emitAlong(graph: Graph, x: Value, axis: number, margin: number, edges: Edges): Value {
  const size = x.shape[axis]!
  const [before, after] =
    edges === 'wrap'
      ? [emitSlice(graph, x, axis, size - margin, size), emitSlice(graph, x, axis, 0, margin)]
      : [
          emitReversed(graph, emitSlice(graph, x, axis, 1, margin + 1), axis),
          emitReversed(graph, emitSlice(graph, x, axis, size - margin - 1, size - 1), axis),
        ]
  const parts = [before!, x, after!]
  const y = graph.add('Concat', parts, x.shape.with(axis, size + 2 * margin), { axis })
  graph.onBackward(y, (gradient) => {
    const shapes = parts.map(({ shape }) => shape)
    const pieces = graph.addMany('Split', [gradient, graph.integers(margin, size, margin)], shapes, { axis })
    for (const [i, piece] of pieces.entries()) graph.addGradient(parts[i]!, piece)
  })
  return y
}

function emitSlice(graph: Graph, x: Value, axis: number, from: number, to: number): Value {
  const size = x.shape[axis]!
  const y = graph.add(
    'Slice',
    [x, graph.integers(from), graph.integers(to), graph.integers(axis)],
    x.shape.with(axis, to - from),
  )
  graph.onBackward(y, (gradient) => {
    const pads = [0, 0, 0, 0, 0, 0, 0, 0]
    pads[axis] = from
    pads[axis + 4] = size - to
    graph.addGradient(x, graph.add('Pad', [gradient, graph.integers(...pads)], x.shape))
  })
  return y
}

function emitReversed(graph: Graph, x: Value, axis: number): Value {
  const reverse = (value: Value) =>
    graph.add(
      'Slice',
      [value, graph.integers(-1), graph.integers(-1 - x.shape[axis]!), graph.integers(axis), graph.integers(-1)],
      x.shape,
    )
  const y = reverse(x)
  graph.onBackward(y, (gradient) => graph.addGradient(x, reverse(gradient)))
  return y
}
