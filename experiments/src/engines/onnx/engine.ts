import { availableParallelism } from 'node:os'
import { toEvaluation } from '../../evaluation.ts'
import type { Evaluator } from '../../evaluation.ts'
import type { Network } from '../../networks/network.ts'
import type { Size } from '../../pictures/picture.ts'
import type { Edges } from '../edges.ts'
import { measureWith } from '../engine.ts'
import type { Engine, GivenNumbers, MeasuredTerm, Meter, Probe, SlopeTerm } from '../engine.ts'
import { Graph } from './graph.ts'
import type { Value } from './graph.ts'
import { emitLayers } from './layers.ts'
import { LayerTerms } from './terms.ts'

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
  const modelOf = new WeakMap<object, EmittedModel>()
  const open = async (model: EmittedModel, lean = false) => {
    const options = { intraOpNumThreads: threads, graphOptimizationLevel: 'all', logSeverityLevel: 3 } as const
    const session = await InferenceSession.create(model.bytes, { ...options, enableCpuMemArena: !lean })
    modelOf.set(session, model)
    return session
  }
  type Session = Awaited<ReturnType<typeof open>>
  const run = (session: Session, { width, height }: Size, canvas: Float32Array, given: GivenNumbers) => {
    const inputs = modelOf.get(session)!.inputs.map(({ name, shape }) => {
      const numbers = name === 'canvas' ? canvas : given[name]
      return [name, new Tensor('float32', numbers!, name === 'canvas' ? [1, height, width, 3] : shape)] as const
    })
    return session.run(Object.fromEntries(inputs))
  }

  async function meter(
    network: Network,
    probes: readonly Probe[],
    size: Size,
    { edges, lean }: Parameters<Engine['meter']>[3],
  ): Promise<Meter> {
    const session = await open(measuringModel(network, probes, size, edges), lean)
    return {
      async measure(canvas, given = {}) {
        const results = await run(session, size, canvas, given)
        // Outputs lie in the session's memory: they are copied before it is given back.
        return probes.map((_, i) => Float32Array.from(results[`probe${i}`]!.data as Float32Array))
      },
      [Symbol.asyncDispose]: () => session.release(),
    }
  }

  return {
    name: 'onnx',
    device: `onnxruntime-node ${env.versions.common}, CPU, ${threads} threads`,
    memory: MEMORY,
    measure: measureWith(meter),
    meter,
    async compile(network, terms, size, { edges, lean }) {
      const session = await open(evaluatingModel(network, terms, size, edges), lean)
      return {
        async evaluate(canvas, given = {}) {
          const results = await run(session, size, canvas, given)
          const values = terms.map((_, i) => (results[`term${i}`]!.data as Float32Array)[0]!)
          return toEvaluation(terms, values, Float32Array.from(results['gradient']!.data as Float32Array))
        },
        [Symbol.asyncDispose]: () => session.release(),
      } satisfies Evaluator
    },
  }
}

const MEMORY = { features: 4.3, statistics: 2.2, weights: 3, base: 55e6 }

interface EmittedModel {
  readonly bytes: Uint8Array
  readonly inputs: readonly Value[]
}

function measuringModel(network: Network, probes: readonly Probe[], size: Size, edges: Edges): EmittedModel {
  const graph = new Graph()
  const { planes } = emitCanvas(graph, size)
  const layers = emitLayers(graph, network, layersOf(probes), planes, edges)
  const emitting = new LayerTerms(graph, layers)
  const outputs = probes.map((probe, i) => [`probe${i}`, emitting.emitProbe(probe)] as const)
  return { bytes: graph.toModel(Object.fromEntries(outputs)), inputs: graph.inputs }
}

function evaluatingModel(
  network: Network,
  terms: readonly (MeasuredTerm | SlopeTerm)[],
  size: Size,
  edges: Edges,
): EmittedModel {
  const graph = new Graph()
  const { canvas, planes } = emitCanvas(graph, size)
  const layers = emitLayers(graph, network, layersOf(terms), planes, edges)
  const emitting = new LayerTerms(graph, layers)
  const losses = terms.map((term, i) => [`term${i}`, emitting.emitTerm(term)] as const)
  const gradient = graph.add('Transpose', [graph.gradientOf(planes)], canvas.shape, { perm: [0, 2, 3, 1] })
  return { bytes: graph.toModel({ ...Object.fromEntries(losses), gradient }), inputs: graph.inputs }
}

function layersOf(looks: readonly { readonly layer: string }[]): string[] {
  return [...new Set(looks.map(({ layer }) => layer))]
}

/** The canvas comes with the channel last, as pictures do; the network reads one plane per channel. */
function emitCanvas(graph: Graph, { width, height }: Size): { canvas: Value; planes: Value } {
  const canvas = graph.input('canvas', [1, height, width, 3])
  return { canvas, planes: graph.add('Transpose', [canvas], [1, 3, height, width], { perm: [0, 3, 1, 2] }) }
}
