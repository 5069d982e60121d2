import { availableParallelism } from 'node:os'
import { toEvaluation } from '../../evaluator.ts'
import type { Evaluator } from '../../evaluator.ts'
import type { Network } from '../../networks/network.ts'
import type { Size } from '../../pictures/picture.ts'
import type { Edges } from '../edges.ts'
import type { Engine, MeasuredTerm, Probe } from '../engine.ts'
import { Graph } from './graph.ts'
import type { Value } from './graph.ts'
import { emitLayers } from './layers.ts'
import { emitStatistic } from './statistics.ts'
import { emitTerm } from './terms.ts'

export interface OnnxOptions {
  /** threads of one evaluation; defaults to the machine's cores */
  threads?: number
}

/**
 * Creates the engine on ONNX Runtime: objective and network become one graph that computes loss and gradient.
 *
 * @throws when the runtime does not load on this machine
 */
export async function createOnnxEngine({ threads = availableParallelism() }: OnnxOptions = {}): Promise<Engine> {
  const { InferenceSession, Tensor, env } = await import('onnxruntime-node')
  // Kept as long as the session, in case the runtime reads weights out of the model's bytes.
  const bytesOf = new WeakMap<object, Uint8Array>()
  const open = async (model: Uint8Array) => {
    const options = { intraOpNumThreads: threads, graphOptimizationLevel: 'all', logSeverityLevel: 3 } as const
    const session = await InferenceSession.create(model, options)
    bytesOf.set(session, model)
    return session
  }
  const toTensor = ({ width, height }: Size, data: Float32Array) => new Tensor('float32', data, [1, height, width, 3])

  return {
    name: 'onnx',
    device: `onnxruntime-node ${env.versions.common}, CPU, ${threads} threads`,
    async measure(network, picture, probes, edges) {
      const session = await open(measuringModel(network, probes, picture, edges))
      const results = await session.run({ canvas: toTensor(picture, picture.data) })
      // Outputs lie in the session's memory: they are copied before it is given back.
      const values = probes.map((_, i) => Float32Array.from(results[`probe${i}`]!.data as Float32Array))
      await session.release()
      return values
    },
    async compile(network, terms, size, edges) {
      const session = await open(evaluatingModel(network, terms, size, edges))
      return {
        async evaluate(canvas) {
          const results = await session.run({ canvas: toTensor(size, canvas) })
          const values = terms.map((_, i) => (results[`term${i}`]!.data as Float32Array)[0]!)
          return toEvaluation(terms, values, Float32Array.from(results['gradient']!.data as Float32Array))
        },
        [Symbol.asyncDispose]: () => session.release(),
      } satisfies Evaluator
    },
  }
}

function measuringModel(network: Network, probes: readonly Probe[], size: Size, edges: Edges): Uint8Array {
  const graph = new Graph()
  const { planes } = emitCanvas(graph, size)
  const names = probes.map(({ layer }) => layer)
  const layers = emitLayers(graph, network, [...new Set(names)], planes, edges)
  const outputs = probes.map(({ layer, statistic }, i) => [
    `probe${i}`,
    emitStatistic(graph, layers.get(layer)!, statistic),
  ])
  return graph.toModel(Object.fromEntries(outputs) as Record<string, Value>)
}

function evaluatingModel(network: Network, terms: readonly MeasuredTerm[], size: Size, edges: Edges): Uint8Array {
  const graph = new Graph()
  const { canvas, planes } = emitCanvas(graph, size)
  const names = terms.flatMap((term) => (term.kind === 'totalVariation' ? [] : [term.layer]))
  const layers = emitLayers(graph, network, [...new Set(names)], planes, edges)
  const losses = terms.map((term, i) => [
    `term${i}`,
    emitTerm(graph, term, term.kind === 'totalVariation' ? planes : layers.get(term.layer)!),
  ])
  const gradient = graph.add('Transpose', [graph.gradientOf(planes)], canvas.shape, { perm: [0, 2, 3, 1] })
  return graph.toModel({ ...(Object.fromEntries(losses) as Record<string, Value>), gradient })
}

/** The canvas comes with the channel last, as pictures do; the network reads one plane per channel. */
function emitCanvas(graph: Graph, { width, height }: Size): { canvas: Value; planes: Value } {
  const canvas = graph.input('canvas', [1, height, width, 3])
  return { canvas, planes: graph.add('Transpose', [canvas], [1, 3, height, width], { perm: [0, 3, 1, 2] }) }
}
