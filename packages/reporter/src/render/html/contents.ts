import type { Outline } from '../outline.ts'
import { html, type Html } from './template.ts'

/** The table of contents beside the page; on a phone it is folded above it. */
export function contentsHtml({ entries }: Outline): Html {
  if (entries.length < 2) return html`<div class="contents"></div>`
  return html`<nav class="contents" aria-label="Contents">
    <details open>
      <summary>Contents</summary>
      <ol>
        ${entries.map(
          ({ level, kind, text, anchor }) =>
            html`<li class="depth-${Math.min(level, 4)} of-${kind}"><a href="#${anchor}">${text}</a></li>`,
        )}
      </ol>
    </details>
  </nav>`
}
