import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent, TableValue } from '../../journal/schema.ts'
import { tablePath } from '../attachment.ts'
import { csvDataUrl, tableCsv } from '../csv.ts'
import { formatCount } from '../format.ts'
import { alignedNumber, mostDecimals } from './aligned-number.ts'
import { STATISTICS, statisticsOf } from '../statistics.ts'
import type { PageContext } from './context.ts'
import { html, type Html } from './template.ts'

const MAX_ROWS = 500
/** Text up to so many characters stays in one line; longer text gets room for as many. */
const SHORT_TEXT = 24

export function tableHtml(cell: DocumentCell, content: CellContent & { kind: 'table' }, context: PageContext): Html {
  const { columns, rows, caption, statistics } = content
  const numeric = columns.map(({ type }) => type === 'number')
  const hidden = rows.length - MAX_ROWS
  const shown = rows.slice(0, MAX_ROWS)
  const decimals = columns.map((_, index) => mostDecimals(shown.map((row) => row[index] ?? null)))
  return html`<figure class="table">
    <div class="scroll" tabindex="0" role="group" aria-label="${caption ?? 'Table'}">
      <table>
        <thead>
          <tr>
            ${columns.map(({ name }, index) => html`<th scope="col" class="${numeric[index] ? 'number' : ''}">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) =>
              html`<tr>
                ${columns.map((_, index) => valueHtml(row[index] ?? null, numeric[index], decimals[index]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${hidden > 0 && html`<p class="cut">${formatCount(hidden)} more rows in the CSV</p>`}
    ${statistics && statisticsHtml(content)}
    <figcaption>
      ${caption ?? `${formatCount(rows.length)} rows`}
      <a class="size" href="${csvUrl(cell, content, context)}" download="${caption ?? 'table'}.csv">CSV</a>
    </figcaption>
  </figure>`
}

/** A file beside the page, or the text itself where the page is one file. */
function csvUrl(cell: DocumentCell, content: CellContent & { kind: 'table' }, { form }: PageContext): string {
  return form === 'single' ? csvDataUrl(tableCsv(content)) : tablePath(cell)
}

function valueHtml(value: TableValue, inNumbers = true, decimals = 0): Html {
  if (value === null) return html`<td class="none${inNumbers ? ' number' : ''}">–</td>`
  if (typeof value === 'number') return html`<td class="number">${alignedNumber(value, decimals)}</td>`
  if (typeof value === 'boolean') return html`<td>${value ? 'yes' : 'no'}</td>`
  return html`<td class="${value.length <= SHORT_TEXT ? 'short' : 'long'}">${value}</td>`
}

function statisticsHtml(content: CellContent & { kind: 'table' }): Html | undefined {
  const found = statisticsOf(content)
  if (found.length === 0) return undefined
  return html`<details class="fold">
    <summary>Statistics</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Statistics">
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
