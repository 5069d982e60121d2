import { structuredPatch } from 'diff'
import { html, type Html } from '../render/html/template.ts'

/** The changed lines of a source with three lines around them. */
export function sourceDiffHtml(before: string, after: string): Html {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 })
  return html`${hunks.map(
    ({ oldStart, newStart, lines }) =>
      html`<pre class="diff" tabindex="0"><span class="place">lines ${oldStart} and ${newStart}</span>
${lines.filter((line) => !line.startsWith('\\')).map(lineHtml)}</pre>`,
  )}`
}

function lineHtml(line: string): Html {
  if (line.startsWith('+')) return html`<ins>${line}</ins>`
  if (line.startsWith('-')) return html`<del>${line}</del>`
  return html`<span class="same">${line}</span>`
}
