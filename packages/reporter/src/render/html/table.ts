import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent, TableValue } from '../../journal/schema.ts'
import { tablePath } from '../attachment.ts'
import { formatCount, formatNumber } from '../format.ts'
import { STATISTICS, statisticsOf } from '../statistics.ts'
import type { PageContext } from './context.ts'
import { html, type Html } from './template.ts'

const MAX_ROWS = 500

export function tableHtml(cell: DocumentCell, content: CellContent & { kind: 'table' }, context: PageContext): Html {
  const { columns, rows, caption, statistics } = content
  const numeric = columns.map(({ type }) => type === 'number')
  const hidden = rows.length - MAX_ROWS
  return html`<figure class="table">
    <div class="scroll" tabindex="0" role="region" aria-label="${caption ?? 'Table'}">
      <table>
        <thead>
          <tr>
            ${columns.map(({ name }, index) => html`<th scope="col" class="${numeric[index] ? 'number' : ''}">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MAX_ROWS).map(
            (row) =>
              html`<tr>
                ${columns.map((_, index) => valueHtml(row[index] ?? null))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${hidden > 0 && html`<p class="cut">${formatCount(hidden)} more rows</p>`} ${statistics && statisticsHtml(content)}
    <figcaption>
      ${caption ?? `${formatCount(rows.length)} rows`}
      ${context.form === 'folder' && html`<a class="size" href="${tablePath(cell)}" download>CSV</a>`}
    </figcaption>
  </figure>`
}

export function valueHtml(value: TableValue): Html {
  if (value === null) return html`<td class="none">–</td>`
  if (typeof value === 'number') return html`<td class="number">${formatNumber(value)}</td>`
  if (typeof value === 'boolean') return html`<td>${value ? 'yes' : 'no'}</td>`
  return html`<td>${value}</td>`
}

function statisticsHtml(content: CellContent & { kind: 'table' }): Html | undefined {
  const found = statisticsOf(content)
  if (found.length === 0) return undefined
  return html`<details class="fold">
    <summary>Statistics</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Statistics">
      <table>
        <thead>
          <tr>
            <th scope="col">column</th>
            ${STATISTICS.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${found.map(
            (column) =>
              html`<tr>
                <th scope="row">${column.name}</th>
                ${STATISTICS.map(({ key }) => valueHtml(column[key]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}
