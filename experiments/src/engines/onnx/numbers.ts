import type { Numbers } from '../engine.ts'
import type { Graph, Value } from './graph.ts'

/** Numbers as a value of the graph: a constant where they are known, an input where they are given later. */
export function emitNumbers(graph: Graph, numbers: Numbers, shape: readonly number[]): Value {
  return numbers instanceof Float32Array ? graph.floats(shape, numbers) : graph.input(numbers.given, shape)
}
