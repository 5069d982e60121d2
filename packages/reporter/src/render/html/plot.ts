import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent } from '../../journal/schema.ts'
import { pointsPath } from '../attachment.ts'
import { csvDataUrl, pointsCsv } from '../csv.ts'
import { plotSvg } from '../plot/draw.ts'
import { captionOf } from '../plot/words.ts'
import type { PageContext } from './context.ts'
import { html, trusted, type Html } from './template.ts'

/** A plot with its legend as text, which wraps on a phone and takes the page's colours, and its numbers. */
export async function plotHtml(
  cell: DocumentCell,
  { spec }: CellContent & { kind: 'plot' },
  { form }: PageContext,
): Promise<Html> {
  const names = typeof spec.y === 'string' ? [] : spec.y
  const csv = form === 'single' ? csvDataUrl(pointsCsv(spec, cell.points)) : pointsPath(cell)
  const caption = captionOf(spec)
  return html`<figure class="plot">
    ${
      names.length > 1 &&
      html`<ul class="legend" aria-hidden="true">
        ${names.map((name, index) => html`<li class="series-${(index % 8) + 1}">${name}</li>`)}
      </ul>`
    }
    ${trusted(await plotSvg(spec, cell.points))}
    <figcaption>${caption} <a class="size" href="${csv}" download="${caption}.csv">CSV</a></figcaption>
  </figure>`
}
