import type * as Observable from '@observablehq/plot'
import type { PlotPoint, PlotSpec } from '../../journal/schema.ts'
import { formatNumber } from '../format.ts'
import { logTicks } from './log-ticks.ts'
import { seriesOf, type Series } from './series.ts'
import { serializeSvg } from './serialize.ts'
import { describeSeries } from './words.ts'

const PLOT_WIDTH = 720
const PLOT_HEIGHT = 340

/** Colours of Okabe and Ito (2008), which people with any colour vision tell apart; darker where white paper asks for it. */
const SERIES_COLORS: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#00805f',
  '#b3478b',
  '#7a6a00',
  '#3d3d9e',
  '#8c4a1f',
  '#555555',
]

/**
 * A plot as one `<svg>` element: on a page its colours are CSS variables that follow light and dark; for paper they are fixed. What
 * draws is loaded with the first plot: it takes longer to load than all the rest of a page.
 *
 * @param points as in the journal; they may be none yet
 */
export async function plotSvg(
  spec: PlotSpec,
  points: readonly PlotPoint[],
  medium: 'page' | 'paper' = 'page',
): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')])
  const series = seriesOf(spec, points)
  const color = (index: number) => {
    const shade = index % SERIES_COLORS.length
    return medium === 'page' ? `var(--series-${shade + 1})` : SERIES_COLORS[shade]!
  }
  const isLog = spec.scale === 'log'
  const ticks = isLog ? logTicks(series.flatMap(({ points }) => points.map(({ y }) => y))) : undefined
  const label = spec.yLabel ?? (typeof spec.y === 'string' ? spec.y : null)
  const { document } = parseHTML('<html><body></body></html>')
  const drawn = Plot.plot({
    document: document as unknown as NonNullable<Observable.PlotOptions['document']>,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    marginLeft: 56,
    marginRight: 20,
    marginTop: medium === 'page' && label === null ? 14 : 34,
    marginBottom: 48,
    x: { label: spec.xLabel ?? spec.x, nice: false, tickFormat: formatNumber },
    y: {
      label,
      type: isLog ? 'log' : 'linear',
      grid: true,
      nice: !isLog,
      ...(ticks && { ticks }),
      tickFormat: formatNumber,
    },
    marks: marksOf(Plot, series, color, medium === 'paper'),
  })
  return serializeSvg(drawn as unknown as SvgNode, { title: describeSeries(spec, series), paper: medium === 'paper' })
}

type SvgNode = Parameters<typeof serializeSvg>[0]

function marksOf(
  Plot: typeof Observable,
  series: Series[],
  color: (index: number) => string,
  named: boolean,
): Observable.Markish[] {
  const marks: Observable.Markish[] = series.map(({ points }, index) =>
    points.length > 1
      ? Plot.lineY(points, { x: 'x', y: 'y', stroke: color(index), strokeWidth: 1.75, strokeLinejoin: 'round' })
      : Plot.dot(points, { x: 'x', y: 'y', fill: color(index), r: 3 }),
  )
  if (series.every(({ points }) => points.length === 0)) {
    return [...marks, Plot.text(['no points yet'], { frameAnchor: 'middle', fill: 'currentColor', fontSize: 13 })]
  }
  return named && series.length > 1 ? [...marks, ...legend(Plot, series, color)] : marks
}

/** Names in the colours of their lines, right-aligned above the frame. */
function legend(Plot: typeof Observable, series: Series[], color: (index: number) => string): Observable.Markish[] {
  let offset = 0
  return series
    .map(({ name }, index) => ({ name, index }))
    .reverse()
    .map(({ name, index }) => {
      const mark = Plot.text([`● ${name}`], {
        frameAnchor: 'top-right',
        textAnchor: 'end',
        dx: -offset,
        dy: -22,
        fill: color(index),
        fontSize: 12,
      })
      offset += name.length * 7 + 26
      return mark
    })
}
