import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent } from '../../journal/schema.ts'
import { answersOf } from '../answer.ts'
import { formatSeconds } from '../format.ts'
import type { PageContext } from './context.ts'
import { valuePictureHtml } from './picture.ts'
import { html, type Html } from './template.ts'

/** A question of the experiment with what was answered. The live page puts its form into `data-question`. */
export async function questionHtml(
  cell: DocumentCell,
  content: CellContent & { kind: 'question' },
  context: PageContext,
): Promise<Html> {
  const rows: Html[] = []
  for (const { label, words, picture } of answersOf(cell, content)) {
    const value = picture ? html`${await valuePictureHtml(picture, words, context)} <span>${words}</span>` : words
    rows.push(
      html`<dt>${label}</dt>
        <dd>${value}</dd>`,
    )
  }
  return html`<div class="question" data-question="${cell.id}">
    <p class="head">
      <span class="name">${content.title ?? 'Question'}</span
      ><span class="time">${cell.end && formatSeconds(cell.end.seconds)}</span>
    </p>
    ${
      cell.end === undefined
        ? html`<p class="waiting">Waits for an answer to ${Object.keys(content.fields).join(', ')}</p>`
        : html`<dl>${rows}</dl>`
    }
  </div>`
}
