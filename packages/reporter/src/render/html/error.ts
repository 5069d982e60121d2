import { stripVTControlCharacters } from 'node:util'
import type { JournalError } from '../../journal/schema.ts'
import { html, type Html } from './template.ts'

export function errorHtml(error: JournalError): Html {
  const { name, message, stack, cause } = error
  return html`<div class="error" role="group" aria-label="Error">
    <p class="what"><b>${name}</b> ${stripVTControlCharacters(message)}</p>
    ${
      stack !== undefined &&
      html`<details class="fold">
        <summary>Stack</summary>
        <pre tabindex="0"><code>${stripVTControlCharacters(stack)}</code></pre>
      </details>`
    }
    ${cause && html`<p class="because">caused by</p>`} ${cause && errorHtml(cause)}
  </div>`
}
