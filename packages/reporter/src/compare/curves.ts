import type { DocumentCell } from '../journal/document.ts'
import type { PlotPoint, PlotSpec } from '../journal/schema.ts'
import { html, trusted, type Html } from '../render/html/template.ts'
import { plotSvg } from '../render/plot/draw.ts'

/** Plots of one name over one another: a line for each field of each run. */
export async function curvesHtml(
  runs: readonly { label: string; plots: Map<string, DocumentCell> }[],
): Promise<Html[]> {
  const names = new Set(runs.flatMap(({ plots }) => [...plots.keys()]))
  const figures: Html[] = []
  for (const name of names) {
    const having = runs.flatMap(({ label, plots }) => {
      const cell = plots.get(name)
      return cell?.content.kind === 'plot' ? [{ label, spec: cell.content.spec, points: cell.points }] : []
    })
    if (having.length < 2) continue
    const { spec, points } = overlaid(having)
    const lines = spec.y as string[]
    figures.push(
      html`<figure class="plot">
        <ul class="legend" aria-hidden="true">
          ${lines.map((line, index) => html`<li class="series-${(index % 8) + 1}">${line}</li>`)}
        </ul>
        ${trusted(await plotSvg(spec, points))}
        <figcaption><b>${name}</b></figcaption>
      </figure>`,
    )
  }
  return figures
}

function overlaid(runs: readonly { label: string; spec: PlotSpec; points: PlotPoint[] }[]): {
  spec: PlotSpec
  points: PlotPoint[]
} {
  const [{ spec }] = runs as [(typeof runs)[0]]
  const fields = (one: PlotSpec) => (typeof one.y === 'string' ? [one.y] : one.y)
  const several = runs.some((run) => fields(run.spec).length > 1)
  const nameOf = (field: string, label: string) => (several ? `${field}, ${label}` : label)
  return {
    spec: {
      ...spec,
      y: runs.flatMap((run) => fields(run.spec).map((field) => nameOf(field, run.label))),
      yLabel: spec.yLabel ?? fields(spec).join(', '),
    },
    points: runs.flatMap((run) =>
      run.points.map((point, index) => ({
        [spec.x]: point[run.spec.x] ?? index,
        ...Object.fromEntries(
          fields(run.spec).flatMap((field) =>
            point[field] === undefined ? [] : [[nameOf(field, run.label), point[field]]],
          ),
        ),
      })),
    ),
  }
}
