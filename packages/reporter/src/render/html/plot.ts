import type { PlotPoint, PlotSpec } from '../../journal/schema.ts'
import { plotSvg } from '../plot/draw.ts'
import { html, trusted, type Html } from './template.ts'

/** A plot with its legend as text, which wraps on a phone and takes the page's colours. */
export function plotHtml(spec: PlotSpec, points: readonly PlotPoint[]): Html {
  const names = typeof spec.y === 'string' ? [] : spec.y
  return html`<figure class="plot">
    ${
      names.length > 1 &&
      html`<ul class="legend" aria-hidden="true">
        ${names.map((name, index) => html`<li class="series-${(index % 8) + 1}">${name}</li>`)}
      </ul>`
    }
    ${trusted(plotSvg(spec, points))} ${spec.title !== undefined && html`<figcaption>${spec.title}</figcaption>`}
  </figure>`
}
