import type { Layout } from './layout.ts'
import { patchFrom } from './layout.ts'
import type { Tile } from './plan.ts'

/**
 * What each place of a tile counts, so that the averages of all tiles add up to those of the whole: nothing outside the tile's core.
 *
 * @param places What each place of the whole counts, `[height, width]`, with mean 1; all alike when left out
 */
export function placesInTile(layout: Layout, tile: Tile, layer: string, places?: Float32Array): Float32Array {
  const whole = { ...layout.wholeOf(layer), channels: 1 }
  const patch = layout.patchOf(tile, layer)
  const flat = { ...patch, shape: { ...patch.shape, channels: 1 } }
  const share = (flat.shape.width * flat.shape.height) / (whole.width * whole.height)
  const counts = places ?? new Float32Array(whole.width * whole.height).fill(1)
  return patchFrom(counts, whole, flat).map((count) => count * share)
}
