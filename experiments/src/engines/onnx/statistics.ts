import { LEAST_VARIANCE } from '../../objectives/statistics.ts'
import type { Statistic } from '../../objectives/objective.ts'
import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'

/**
 * The statistics of a layer's features, forward and backward, each emitted once however many terms ask for it. Gradients that arrive at
 * a matrix have to be symmetric, as the differences of symmetric matrices are.
 */
export class Statistics {
  readonly #graph: Graph
  readonly #features: Value
  readonly #places: Value | undefined
  readonly #emitted = new Map<string, Value>()

  /** @param places what each place counts, `[1, 1, height, width]`, with mean 1; all alike when left out */
  constructor(graph: Graph, features: Value, places?: Value) {
    this.#graph = graph
    this.#features = features
    this.#places = places
  }

  of(statistic: Statistic): Value {
    switch (statistic) {
      case 'gram':
        return this.#once('gram', () => emitGram(this.#graph, this.#rows(), this.#weighted()))
      case 'mean':
        return this.#once('mean', () => emitMean(this.#graph, this.#weighted()))
      case 'covariance':
        return this.#once('covariance', () => emitCovariance(this.#graph, this.of('gram'), this.of('mean')))
      case 'deviation':
        return this.#once('deviation', () => emitDeviation(this.#graph, this.of('covariance')))
      case 'correlation':
        return this.#once('correlation', () =>
          emitCorrelation(this.#graph, this.of('covariance'), this.of('deviation')),
        )
    }
  }

  /** The features as a matrix, `[channels, places]`. */
  #rows(): Value {
    const { shape } = this.#features
    const places = sizeOf(shape) / shape[1]!
    return this.#once('rows', () => emitReshape(this.#graph, this.#features, [shape[1]!, places]))
  }

  #weighted(): Value {
    const places = this.#places
    if (!places) return this.#rows()
    const row = [1, sizeOf(places.shape)]
    return this.#once('weighted', () => emitScaled(this.#graph, this.#rows(), emitReshape(this.#graph, places, row)))
  }

  #once(name: string, emit: () => Value): Value {
    const value = this.#emitted.get(name) ?? emit()
    this.#emitted.set(name, value)
    return value
  }
}

/** `W F^T / places`, `[channels, channels]`, where W is F or F weighted by place. */
function emitGram(graph: Graph, rows: Value, weighted: Value): Value {
  const [channels, places] = rows.shape as [number, number]
  const columns = graph.add('Transpose', [rows], [places, channels], { perm: [1, 0] })
  const product = graph.add('MatMul', [weighted, columns], [channels, channels])
  const gram = times(graph, product, 1 / places)
  graph.onBackward(gram, (gradient) => {
    const slope = times(graph, gradient, 2 / places)
    graph.addGradient(rows, graph.add('MatMul', [slope, weighted], rows.shape))
  })
  return gram
}

/** The mean of each row, `[channels]`. */
function emitMean(graph: Graph, rows: Value): Value {
  const [channels, places] = rows.shape as [number, number]
  const mean = graph.add('ReduceMean', [rows], [channels], { axes: [1], keepdims: 0 })
  graph.onBackward(mean, (gradient) => {
    const share = column(graph, times(graph, gradient, 1 / places))
    graph.addGradient(rows, graph.add('Expand', [share, graph.integers(...rows.shape)], rows.shape))
  })
  return mean
}

function emitCovariance(graph: Graph, gram: Value, mean: Value): Value {
  const outer = graph.add('Mul', [column(graph, mean), mean], gram.shape)
  const covariance = graph.add('Sub', [gram, outer], gram.shape)
  graph.onBackward(covariance, (gradient) => {
    graph.addGradient(gram, gradient)
    // Not as a matrix product: ONNX Runtime 1.30 fuses its scale into it and loses the node that others read.
    const products = graph.add('Mul', [gradient, mean], gram.shape)
    graph.addGradient(mean, times(graph, rowSums(graph, products), -2))
  })
  return covariance
}

/** `sqrt(diagonal + least variance)`. */
function emitDeviation(graph: Graph, covariance: Value): Value {
  const [channels] = covariance.shape as [number]
  const identity = new Float32Array(channels ** 2)
  for (let i = 0; i < channels; i++) identity[i * channels + i] = 1
  const unit = graph.floats(covariance.shape, identity)
  const diagonal = graph.add('Mul', [covariance, unit], covariance.shape)
  const variance = graph.add('Relu', [rowSums(graph, diagonal)], [channels])
  const deviation = graph.add(
    'Sqrt',
    [graph.add('Add', [variance, graph.scalar(LEAST_VARIANCE)], [channels])],
    [channels],
  )
  graph.onBackward(deviation, (gradient) => {
    const slope = times(graph, graph.add('Div', [gradient, deviation], [channels]), 0.5)
    graph.addGradient(covariance, graph.add('Mul', [unit, slope], covariance.shape))
  })
  return deviation
}

function emitCorrelation(graph: Graph, covariance: Value, deviation: Value): Value {
  const scales = graph.add('Mul', [column(graph, deviation), deviation], covariance.shape)
  const correlation = graph.add('Div', [covariance, scales], covariance.shape)
  graph.onBackward(correlation, (gradient) => {
    graph.addGradient(covariance, graph.add('Div', [gradient, scales], covariance.shape))
    const sums = rowSums(graph, graph.add('Mul', [gradient, correlation], covariance.shape))
    graph.addGradient(deviation, times(graph, graph.add('Div', [sums, deviation], deviation.shape), -2))
  })
  return correlation
}

/** Multiplies by a factor that has no gradient. */
function emitScaled(graph: Graph, x: Value, factor: Value): Value {
  const y = graph.add('Mul', [x, factor], x.shape)
  graph.onBackward(y, (gradient) => graph.addGradient(x, graph.add('Mul', [gradient, factor], x.shape)))
  return y
}

function emitReshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  const y = graph.add('Reshape', [x, graph.integers(...shape)], shape)
  graph.onBackward(y, (gradient) =>
    graph.addGradient(x, graph.add('Reshape', [gradient, graph.integers(...x.shape)], x.shape)),
  )
  return y
}

function rowSums(graph: Graph, matrix: Value): Value {
  return graph.add('ReduceSum', [matrix, graph.integers(1)], [matrix.shape[0]!], { keepdims: 0 })
}

function column(graph: Graph, vector: Value): Value {
  const shape = [vector.shape[0]!, 1]
  return graph.add('Reshape', [vector, graph.integers(...shape)], shape)
}

function times(graph: Graph, x: Value, factor: number): Value {
  return graph.add('Mul', [x, graph.scalar(factor)], x.shape)
}
