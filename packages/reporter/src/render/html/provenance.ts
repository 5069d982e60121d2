import type { NotebookDocument } from '../../journal/document.ts'
import { assetHref } from '../asset.ts'
import { factsOf, parametersOf, type Fact } from '../facts.ts'
import { html, type Html } from './template.ts'

export function parametersHtml(document: NotebookDocument): Html | undefined {
  const found = parametersOf(document)
  if (found.length === 0) return undefined
  return html`<section class="parameters" aria-label="Parameters">${listHtml(found)}</section>`
}

export function provenanceHtml(document: NotebookDocument): Html {
  return html`<footer class="provenance">
    <details>
      <summary>Where this is from, and how to run it again</summary>
      ${listHtml(factsOf(document))}
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
