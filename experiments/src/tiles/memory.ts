import type { Edges } from '../engines/edges.ts'
import type { Engine } from '../engines/engine.ts'
import { shapesOf } from '../engines/shapes.ts'
import { upTo } from '../networks/network.ts'
import type { Network } from '../networks/network.ts'
import { layersOf } from '../objectives/objective.ts'
import type { Objective } from '../objectives/objective.ts'
import type { Size } from '../pictures/picture.ts'
import { fit } from '../pictures/resize.ts'
import { layOut } from './layout.ts'

export interface MemoryOptions {
  readonly engine: Pick<Engine, 'memory'>
  readonly edges: Edges
  /** the side of tiles; 0, the default, for one piece */
  readonly tile?: number
  /** what else is kept per pixel of the canvas, such as the optimiser's state */
  readonly bytesPerPixel: number
  /** in bytes; defaults to what the process can still get on this machine or in its container */
  readonly available?: number
}

/** A canvas is too large for the memory of this machine. */
export class CanvasTooLargeError extends Error {
  override name = 'CanvasTooLargeError' as const
  readonly code = 'CANVAS_TOO_LARGE' as const
  /** in bytes */
  readonly needed: number
  /** in bytes */
  readonly available: number
  /** the largest that fits, of the canvas's proportions */
  readonly largest: Size
  readonly fix: string

  constructor(size: Size, needed: number, available: number, largest: Size, tile: number) {
    const fix =
      tile === 0 ? 'Take a smaller size, or tiles (for example tile=512)' : 'Take a smaller size, or smaller tiles'
    super(
      `A canvas of ${dimensions(size)} needs about ${gigabytes(needed)} GB; this machine has ${gigabytes(available)} GB left; the largest size that fits is ${dimensions(largest)}. ${fix}`,
    )
    this.needed = needed
    this.available = available
    this.largest = largest
    this.fix = fix
  }
}

/**
 * Refuses, before the start, a canvas that would not fit.
 *
 * @throws {CanvasTooLargeError}
 * @throws {RangeError} when the tiles are smaller than what the layers see around a place
 */
export function assertFits(network: Network, objective: Objective, size: Size, options: MemoryOptions): void {
  const { available = process.availableMemory(), edges, tile = 0 } = options
  if (tile > 0) layOut(network, layersOf(objective), size, edges, tile)
  const needed = neededMemory(network, objective, size, options)
  if (needed <= available) return
  const longest = Math.max(size.width, size.height)
  let [fits, tooLarge] = [0, longest]
  while (tooLarge - fits > 1) {
    const middle = Math.floor((fits + tooLarge) / 2)
    if (neededMemory(network, objective, fit(size, middle), options) <= available) fits = middle
    else tooLarge = middle
  }
  throw new CanvasTooLargeError(size, needed, available, fit(size, fits), tile)
}

/**
 * About how many bytes an evaluation takes at its peak: the features of all layers that the objective needs, as often as the engine holds
 * them (for the gradient and for the products), and what is kept per pixel.
 */
export function neededMemory(network: Network, objective: Objective, size: Size, options: MemoryOptions): number {
  const { engine, edges, tile = 0, bytesPerPixel } = options
  const margin = edges === 'zero' ? 0 : 64
  const side = tile > 0 ? tile : Infinity
  const part = { width: Math.min(size.width + margin, side), height: Math.min(size.height + margin, side) }
  const layers = layersOf(objective)
  const values = (shapes: Iterable<{ channels: number; width: number; height: number }>) =>
    [...shapes].reduce(
      (sum, { channels, width, height }) => sum + channels * Math.max(0, width) * Math.max(0, height),
      0,
    )
  const looked = (isLooked: (kind: string) => boolean) =>
    objective.terms.flatMap((term) => (term.kind !== 'totalVariation' && isLooked(term.kind) ? [term.layer] : []))
  const whole = shapesOf(network, layers, size)
  const isLocal = (kind: string) => kind === 'content' || kind === 'components'
  const targets = values(looked(isLocal).map((layer) => whole.get(layer)!))
  const shapes = shapesOf(network, layers, part)
  const averaged = new Set(looked((kind) => !isLocal(kind) && kind !== 'dream'))
  const statistics = values([...averaged].map((layer) => shapes.get(layer)!))
  const { memory } = engine
  const evaluation = memory.features * values(shapes.values()) + memory.statistics * statistics
  const weights = upTo(network, layers).reduce(
    (sum, layer) => sum + (layer.kind === 'convolution' ? layer.weight.length : 0),
    0,
  )
  const prepared = memory.weights * weights * (tile === 0 ? 1 : TILE_SIZES * (averaged.size > 0 ? 2 : 1))
  const assembling = tile === 0 ? 0 : ASSEMBLING
  return memory.base + 4 * (evaluation + prepared + targets) + (bytesPerPixel + assembling) * size.width * size.height
}

function dimensions({ width, height }: Size): string {
  return `${width} x ${height}`
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toPrecision(2)
}

/** Tiles have at most four sizes, each with an evaluator, and a meter where there are averages. */
const TILE_SIZES = 4

/** Bytes per pixel for putting tiles together: the canvas with its surroundings, its gradient, and what is folded of it. */
const ASSEMBLING = 5 * 3 * 4
