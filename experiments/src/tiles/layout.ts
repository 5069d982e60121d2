import { croppedBy, marginOf } from '../engines/edges.ts'
import type { Edges } from '../engines/edges.ts'
import { croppedShapesOf, shapesOf } from '../engines/shapes.ts'
import type { FeatureShape, Network } from '../networks/network.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { toPicture } from '../pictures/picture.ts'
import { planTiles } from './plan.ts'
import type { Span, Tile } from './plan.ts'
import { receptiveFieldsOf, widest } from './receptive-field.ts'

/** Which features of a layer belong to the core of a tile, and where they stand in the tile and in the whole. */
export interface Patch {
  /** the layer's shape in the tile */
  readonly shape: FeatureShape
  readonly columns: Run
  readonly rows: Run
}

/** `count` places, from `inTile` of the tile's features and `inWhole` of the whole's. */
interface Run {
  readonly count: number
  readonly inTile: number
  readonly inWhole: number
}

/** How a canvas falls into tiles, and the features of layers with it. */
export interface Layout {
  readonly tiles: readonly Tile[]
  /** the shape of a layer over the whole canvas, without its surroundings */
  wholeOf(layer: string): FeatureShape
  patchOf(tile: Tile, layer: string): Patch
}

/** @throws when the tiles are too small for the layers, or a name is not a layer of the network */
export function layOut(network: Network, layers: readonly string[], size: Size, edges: Edges, side: number): Layout {
  const margin = marginOf(edges, size)
  const around = { width: size.width + 2 * margin, height: size.height + 2 * margin }
  const fields = receptiveFieldsOf(network, layers)
  const whole = shapesOf(network, layers, around)
  const cropped = croppedShapesOf(network, layers, size, edges)
  const tiles = planTiles(around, widest([...fields.values()]), side)
  const shapes = new Map<string, Map<string, FeatureShape>>()

  const shapesIn = (tile: Tile) => {
    const key = sizeKey(tile)
    const known = shapes.get(key) ?? shapesOf(network, layers, sizeOfTile(tile))
    shapes.set(key, known)
    return known
  }

  const run = (span: Span, stride: number, length: number, pixels: number): Run => {
    const crop = croppedBy(margin, pixels, length)
    const end = span.to === pixels + 2 * margin ? length : span.coreTo / stride
    const from = Math.max(span.coreFrom / stride, crop)
    const to = Math.min(end, length - crop)
    return { count: Math.max(0, to - from), inTile: from - span.from / stride, inWhole: from - crop }
  }

  return {
    tiles,
    wholeOf: (layer) => cropped.get(layer)!,
    patchOf(tile, layer) {
      const { stride } = fields.get(layer)!
      const { width, height } = whole.get(layer)!
      const columns = run(tile.across, stride, width, size.width)
      return {
        shape: shapesIn(tile).get(layer)!,
        columns,
        rows: run(tile.down, stride, height, size.height),
      }
    },
  }
}

/** Width and height of a tile in pixels. */
export function sizeOfTile({ across, down }: Tile): Size {
  return { width: across.to - across.from, height: down.to - down.from }
}

/** The same for tiles of one size. */
export function sizeKey(tile: Tile): string {
  const { width, height } = sizeOfTile(tile)
  return `${width} x ${height}`
}

/** A tile's pixels. */
export function cut({ data, width }: Picture, tile: Tile): Picture {
  const size = sizeOfTile(tile)
  const pixels = new Float32Array(size.width * size.height * 3)
  for (let y = 0; y < size.height; y++) {
    const from = ((tile.down.from + y) * width + tile.across.from) * 3
    pixels.set(data.subarray(from, from + size.width * 3), y * size.width * 3)
  }
  return toPicture(pixels, size)
}

/**
 * Copies the features of a patch out of the whole, zero elsewhere.
 *
 * @param whole `[channels, height, width]`
 */
export function patchFrom(whole: Float32Array, wholeShape: FeatureShape, patch: Patch): Float32Array {
  const features = new Float32Array(patch.shape.channels * patch.shape.width * patch.shape.height)
  eachRow(wholeShape, patch, (inTile, inWhole, count) => features.set(whole.subarray(inWhole, inWhole + count), inTile))
  return features
}

/** Copies the features of a patch into the whole. */
export function patchInto(whole: Float32Array, wholeShape: FeatureShape, patch: Patch, features: Float32Array): void {
  eachRow(wholeShape, patch, (inTile, inWhole, count) => whole.set(features.subarray(inTile, inTile + count), inWhole))
}

function eachRow(
  whole: FeatureShape,
  { shape, columns, rows }: Patch,
  copy: (inTile: number, inWhole: number, count: number) => void,
): void {
  if (columns.count === 0) return
  for (let c = 0; c < whole.channels; c++) {
    for (let y = 0; y < rows.count; y++) {
      const inTile = (c * shape.height + rows.inTile + y) * shape.width + columns.inTile
      const inWhole = (c * whole.height + rows.inWhole + y) * whole.width + columns.inWhole
      copy(inTile, inWhole, columns.count)
    }
  }
}
