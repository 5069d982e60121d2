import type { Evaluator } from '../evaluator.ts'
import type { Network } from '../networks/network.ts'
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
  /**
   * Looks at a picture through a network.
   *
   * @returns one array per probe: `[channels, height, width]` features, a `[channels, channels]` Gram matrix or `[channels]` means; the
   * last two divided by the number of places
   */
  measure(network: Network, picture: Picture, probes: readonly Probe[], edges: Edges): Promise<Float32Array[]>
  /** Prepares terms for canvases of one size. */
  compile(network: Network, terms: readonly MeasuredTerm[], size: Size, edges: Edges): Promise<Evaluator>
}

export interface Probe {
  readonly layer: string
  readonly statistic: 'features' | 'gram' | 'mean'
}

/** A term as engines take it: the target as numbers, the weight divided by the target's mean square. */
export type MeasuredTerm =
  | {
      readonly kind: 'content' | 'gram' | 'mean'
      readonly layer: string
      readonly weight: number
      readonly label: string
      readonly target: Float32Array
    }
  | {
      readonly kind: 'dream'
      readonly layer: string
      readonly weight: number
      readonly label: string
      readonly channel?: number
    }
  | { readonly kind: 'totalVariation'; readonly weight: number; readonly label: string }
