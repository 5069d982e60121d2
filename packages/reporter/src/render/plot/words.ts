import type { PlotPoint, PlotSpec } from '../../journal/schema.ts'
import { formatNumber } from '../format.ts'
import { seriesOf, type Series } from './series.ts'

/** Its title, or what is drawn over what. */
export function captionOf({ title, x, y, xLabel, yLabel }: PlotSpec): string {
  return title ?? `${yLabel ?? (typeof y === 'string' ? y : y.join(', '))} over ${xLabel ?? x}`
}

/** What the plot shows in a sentence, for those who do not see it. */
export function describePlot(spec: PlotSpec, points: readonly PlotPoint[]): string {
  return describeSeries(spec, seriesOf(spec, points))
}

export function describeSeries({ title, x, xLabel }: PlotSpec, series: Series[]): string {
  const parts = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)]
    if (!first || !last) return `${name} has no points`
    return `${name} goes from ${formatNumber(first.y)} to ${formatNumber(last.y)} in ${points.length} points`
  })
  return `${title === undefined ? 'Plot' : `Plot “${title}”`} over ${xLabel ?? x}: ${parts.join('; ')}.`
}
