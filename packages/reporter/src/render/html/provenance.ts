import type { NotebookDocument } from '../../journal/document.ts'
import { assetHref } from '../asset.ts'
import { factsOf, parametersOf, type Fact } from '../facts.ts'
import { commandHtml } from './command.ts'
import { html, type Html } from './template.ts'

export function parametersHtml(document: NotebookDocument): Html | undefined {
  const found = parametersOf(document)
  if (found.length === 0) return undefined
  return html`<section class="parameters" aria-label="Parameters">${listHtml(found)}</section>`
}

/** How to have it again, and where it is from. */
export function provenanceHtml(document: NotebookDocument): Html {
  const { command } = document.begin.provenance
  const facts = factsOf(document)
  return html`<footer class="provenance">
    ${
      command !== undefined &&
      html`<h2>Run this again</h2>
        <div class="command">
          <pre id="command" tabindex="0">${commandHtml(command)}</pre>
          <button type="button" data-copy="command" hidden>Copy</button>
        </div>`
    }
    <details>
      <summary>Where this is from</summary>
      ${listHtml(facts)}
    </details>
  </footer>`
}

function listHtml(facts: Fact[]): Html {
  return html`<dl>
    ${facts.map(
      ({ label, value, href }) =>
        html`<dt>${label}</dt>
          <dd>${href === undefined ? value : html`<a href="${assetHref({ path: href })}">${value}</a>`}</dd>`,
    )}
  </dl>`
}
