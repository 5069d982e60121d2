import type { PlotPoint, PlotSpec } from '../../journal/schema.ts'

export interface SeriesPoint {
  x: number
  y: number
}
export interface Series {
  name: string
  points: SeriesPoint[]
}

const MAX_POINTS = 1200

/** One series for each field on the vertical axis, without what cannot be drawn, thinned to what a screen shows. */
export function seriesOf({ x, y, scale }: PlotSpec, points: readonly PlotPoint[]): Series[] {
  return (typeof y === 'string' ? [y] : y).map((name) => {
    const usable: SeriesPoint[] = []
    points.forEach((point, index) => {
      const [across, up] = [point[x] ?? index, point[name]]
      if (up === undefined || !Number.isFinite(up) || !Number.isFinite(across)) return
      if (scale === 'log' && up <= 0) return
      usable.push({ x: across, y: up })
    })
    return { name, points: thinned(usable) }
  })
}

/** Keeps the least and the greatest of each stretch, so no spike is lost. */
function thinned(points: SeriesPoint[]): SeriesPoint[] {
  if (points.length <= MAX_POINTS) return points
  const stretch = Math.ceil(points.length / (MAX_POINTS / 2 - 1))
  const kept: SeriesPoint[] = [points[0]!]
  for (let start = 1; start < points.length - 1; start += stretch) {
    const some = points.slice(start, Math.min(start + stretch, points.length - 1))
    let [least, most] = [0, 0]
    some.forEach(({ y }, index) => {
      if (y < some[least]!.y) least = index
      if (y > some[most]!.y) most = index
    })
    for (const index of new Set([Math.min(least, most), Math.max(least, most)])) kept.push(some[index]!)
  }
  kept.push(points.at(-1)!)
  return kept
}
