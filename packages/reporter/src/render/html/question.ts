import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent } from '../../journal/schema.ts'
import { wordsOf } from '../facts.ts'
import { formatSeconds } from '../format.ts'
import { html, type Html } from './template.ts'

/** A question of the experiment with what was answered. The live page puts its form into `data-question`. */
export function questionHtml(cell: DocumentCell, content: CellContent & { kind: 'question' }): Html {
  const answer = cell.end?.answer
  const values = typeof answer === 'object' && answer !== null ? Object.entries(answer) : []
  return html`<div class="question" data-question="${cell.id}">
    <p class="head">
      <span class="name">${content.title ?? 'Question'}</span
      ><span class="time">${cell.end && formatSeconds(cell.end.seconds)}</span>
    </p>
    ${
      cell.end === undefined
        ? html`<p class="waiting">Waits for an answer to ${Object.keys(content.fields).join(', ')}</p>`
        : html`<dl>
            ${values.map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${wordsOf(value)}</dd>`,
            )}
          </dl>`
    }
  </div>`
}
