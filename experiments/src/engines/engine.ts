import type { Evaluator } from '../evaluation.ts'
import type { Network } from '../networks/network.ts'
import type { Statistic } from '../objectives/objective.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import type { Edges } from './edges.ts'

/**
 * Something that runs networks. Think of each engine as a connector to a numeric library: it measures pictures, and it compiles
 * terms into a function of the canvas's pixels with its gradient. Recipes know only this.
 */
export interface Engine {
  readonly name: 'onnx' | 'tfjs'
  /** what it runs on: `onnxruntime-node 1.30.0, 2 threads` */
  readonly device: string
  /** how much memory it takes, for what does not fit to be refused before the start */
  readonly memory: EngineMemory
  /**
   * Looks at a picture through a network.
   *
   * @returns one array per probe: `[channels, height, width]` features, a `[channels, channels]` Gram matrix or `[channels]` means; the
   * last two divided by the number of places
   */
  measure(network: Network, picture: Picture, probes: readonly Probe[], edges: Edges): Promise<Float32Array[]>
  /** Prepares to measure many pictures of one size. */
  meter(network: Network, probes: readonly Probe[], size: Size, options: PreparingOptions): Promise<Meter>
  /** Prepares terms for canvases of one size. */
  compile(
    network: Network,
    terms: readonly (MeasuredTerm | SlopeTerm)[],
    size: Size,
    options: PreparingOptions,
  ): Promise<Evaluator>
}

/** Bounds of what was measured at the peak of evaluations: `tiles/memory.test.ts` measures again. */
export interface EngineMemory {
  /** how often all features are held at once, forwards and backwards */
  readonly features: number
  /** how often those are held besides whose averages are looked at */
  readonly statistics: number
  /** how often each evaluator and meter holds the weights of its layers */
  readonly weights: number
  /** bytes, whatever the size of the canvas */
  readonly base: number
}

export interface PreparingOptions {
  readonly edges: Edges
  /** whether memory is given back after each evaluation, which is slower: for many sizes side by side; defaults to false */
  readonly lean?: boolean
}

export interface Meter extends AsyncDisposable {
  /** Measures, as `Engine.measure` does. */
  measure(canvas: Float32Array, given?: GivenNumbers): Promise<Float32Array[]>
}

/** Numbers that are known when an engine prepares, or given by name with each canvas. */
export type Numbers = Float32Array | { readonly given: string }

export type GivenNumbers = Readonly<Record<string, Float32Array>>

export interface Probe extends Placed {
  readonly layer: string
  readonly statistic: 'features' | 'gram' | 'mean'
}

interface Placed {
  /** what each place counts in averages, `[height, width]` of the layer, with mean 1; alike when left out. Features are never weighed */
  readonly places?: Numbers
}

interface OnLayer extends Placed {
  readonly layer: string
  readonly weight: number
  readonly label: string
}

/** A term as engines take it: the target as numbers, the weight divided by the target's mean square. */
export type MeasuredTerm =
  | (OnLayer & { readonly kind: 'content'; readonly target: Numbers })
  | (OnLayer & { readonly kind: Statistic; readonly target: Float32Array })
  | (OnLayer & { readonly kind: 'dream'; readonly channel?: number })

/** The inner product of an average with a slope: its gradient is what the slope becomes when it is carried back to the canvas. */
export interface SlopeTerm extends OnLayer {
  readonly kind: 'slope'
  readonly statistic: 'gram' | 'mean'
  /** in the layout of the statistic; symmetric for Gram matrices */
  readonly slope: Numbers
}

/** `Engine.measure` by way of `Engine.meter`. */
export function measureWith(meter: Engine['meter']): Engine['measure'] {
  return async (network, picture, probes, edges) => {
    await using ready = await meter(network, probes, picture, { edges })
    return await ready.measure(picture.data)
  }
}
