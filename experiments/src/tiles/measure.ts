import type { Engine, Meter, Probe } from '../engines/engine.ts'
import type { Measurer } from '../objectives/measure.ts'
import { cut, layOut, patchInto, sizeKey, sizeOfTile } from './layout.ts'
import { placesInTile } from './places.ts'
import { surrounded } from './surroundings.ts'

/**
 * Measures pictures by tiles, in bounded memory, with the results of `Engine.measure`.
 *
 * @param side The longest side of a tile, in pixels
 */
export function measuringByTiles(engine: Engine, side: number): Measurer {
  return {
    async measure(network, picture, probes, edges) {
      if (Math.max(picture.width, picture.height) <= side) return engine.measure(network, picture, probes, edges)
      const layers = [...new Set(probes.map(({ layer }) => layer))]
      const layout = layOut(network, layers, picture, edges, side)
      const canvas = surrounded(picture, edges)
      const sums = probes.map(({ layer, statistic }) => {
        const { channels, width, height } = layout.wholeOf(layer)
        return new Float32Array({ features: channels * width * height, gram: channels ** 2, mean: channels }[statistic])
      })
      const given = probes.map((probe) => withGivenPlaces(probe))
      await using meters = new AsyncDisposableStack()
      const bySize = new Map<string, Meter>()
      for (const tile of layout.tiles) {
        const key = sizeKey(tile)
        const options = { edges: 'zero', lean: true } as const
        const meter = bySize.get(key) ?? meters.use(await engine.meter(network, given, sizeOfTile(tile), options))
        bySize.set(key, meter)
        const places = layers.map((layer) => [placesName(layer), placesInTile(layout, tile, layer)] as const)
        const parts = await meter.measure(cut(canvas, tile).data, Object.fromEntries(places))
        for (const [i, { layer, statistic }] of probes.entries()) {
          if (statistic === 'features') {
            patchInto(sums[i]!, layout.wholeOf(layer), layout.patchOf(tile, layer), parts[i]!)
          } else addTo(sums[i]!, parts[i]!)
        }
      }
      return sums
    },
  }
}

/** Adds up, in place. */
export function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!
}

function withGivenPlaces(probe: Probe): Probe {
  return probe.statistic === 'features' ? probe : { ...probe, places: { given: placesName(probe.layer) } }
}

function placesName(layer: string): string {
  return `places of ${layer}`
}
