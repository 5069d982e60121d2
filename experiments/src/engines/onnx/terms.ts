import type { MeasuredTerm, Numbers, Probe, SlopeTerm } from '../engine.ts'
import { sizeOf } from './graph.ts'
import type { Graph, Value } from './graph.ts'
import { emitNumbers } from './numbers.ts'
import { Statistics } from './statistics.ts'

/** Emits terms and probes that look at some layers, what they have in common once. */
export class LayerTerms {
  readonly #graph: Graph
  readonly #layers: ReadonlyMap<string, Value>
  readonly #statistics = new Map<string, Map<unknown, Statistics>>()

  constructor(graph: Graph, layers: ReadonlyMap<string, Value>) {
    this.#graph = graph
    this.#layers = layers
  }

  /** Emits what a probe asks of a layer. */
  emitProbe({ layer, statistic, places }: Probe): Value {
    return statistic === 'features' ? this.#layers.get(layer)! : this.#statisticsOf(layer, places).of(statistic)
  }

  /** Emits a term: its weighted loss as a scalar, and its gradient with respect to the layer. */
  emitTerm(term: MeasuredTerm | SlopeTerm): Value {
    const graph = this.#graph
    const features = this.#layers.get(term.layer)!
    const { weight } = term
    switch (term.kind) {
      case 'content': {
        const places = this.#placesOf(features, term.places)
        const target = emitNumbers(graph, term.target, features.shape)
        const difference = graph.add('Sub', [features, target], features.shape)
        return emitMeanSquare(graph, features, difference, weight, places)
      }
      case 'dream': {
        const places = this.#placesOf(features, term.places)
        if (term.channel === undefined) return emitMeanSquare(graph, features, features, -weight, places)
        const channels = features.shape[1]!
        const seen = graph.add('Mul', [features, oneOf(graph, channels, term.channel)], features.shape)
        return emitMeanSquare(graph, features, seen, -weight * channels, places)
      }
      case 'slope': {
        const value = this.#statisticsOf(term.layer, term.places).of(term.statistic)
        const slope = scaled(graph, emitNumbers(graph, term.slope, value.shape), weight)
        graph.addGradient(value, slope)
        return graph.add('ReduceSum', [graph.add('Mul', [value, slope], value.shape)], [], { keepdims: 0 })
      }
      default: {
        const value = this.#statisticsOf(term.layer, term.places).of(term.kind)
        const difference = graph.add('Sub', [value, graph.floats(value.shape, term.target)], value.shape)
        return emitMeanSquare(graph, value, difference, weight)
      }
    }
  }

  #statisticsOf(layer: string, places: Numbers | undefined): Statistics {
    const byPlaces = this.#statistics.get(layer) ?? new Map<unknown, Statistics>()
    this.#statistics.set(layer, byPlaces)
    const key = places && 'given' in places ? places.given : places
    const features = this.#layers.get(layer)!
    const statistics = byPlaces.get(key) ?? new Statistics(this.#graph, features, this.#placesOf(features, places))
    byPlaces.set(key, statistics)
    return statistics
  }

  #placesOf({ shape }: Value, places: Numbers | undefined): Value | undefined {
    return places && emitNumbers(this.#graph, places, [1, 1, shape[2]!, shape[3]!])
  }
}

/**
 * Emits `weight * mean(places * difference^2)`, and its gradient with respect to `x`.
 *
 * @param difference `x` less a constant, or times a mask of zeros and ones
 */
function emitMeanSquare(graph: Graph, x: Value, difference: Value, weight: number, places?: Value): Value {
  const counted = places ? graph.add('Mul', [difference, places], x.shape) : difference
  graph.addGradient(x, scaled(graph, counted, (2 * weight) / sizeOf(x.shape)))
  const squares = graph.add('Mul', [difference, counted], x.shape)
  return scaled(graph, graph.add('ReduceMean', [squares], [], { keepdims: 0 }), weight)
}

function oneOf(graph: Graph, channels: number, channel: number): Value {
  const only = new Float32Array(channels)
  only[channel] = 1
  return graph.floats([1, channels, 1, 1], only)
}

function scaled(graph: Graph, x: Value, factor: number): Value {
  return graph.add('Mul', [x, graph.scalar(factor)], x.shape)
}
