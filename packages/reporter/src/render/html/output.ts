import type { MimeBundle } from '../../journal/schema.ts'
import { altOf, richest } from '../bundle.ts'
import { formatBytes } from '../format.ts'
import { highlight } from '../highlight.ts'
import { parseMarkdown } from '../parse.ts'
import { tokenLines } from './code.ts'
import type { PageContext } from './context.ts'
import { foreignHtml, markdownHtml, mathHtml } from './markdown.ts'
import { valuePictureHtml } from './picture.ts'
import { html, trusted, type Html } from './template.ts'

const OPEN_LINES = 24

/** A value that a cell returned or displayed, in its richest form. */
export async function outputHtml(bundle: MimeBundle, context: PageContext): Promise<Html | undefined> {
  const found = richest(bundle)
  switch (found?.kind) {
    case undefined:
      return undefined
    case 'image':
      return html`<p class="value">${await valuePictureHtml(found.asset, altOf(bundle), context)}</p>`
    case 'svg':
      // as an image: whatever script it holds stays dead
      return html`<p class="value">
        <img src="data:image/svg+xml;base64,${Buffer.from(found.text).toString('base64')}" alt="${altOf(bundle)}" />
      </p>`
    case 'html':
      return html`<div class="value prose">${await foreignHtml(found.text)}</div>`
    case 'markdown':
      return html`<div class="value prose">${await markdownHtml(parseMarkdown(found.text))}</div>`
    case 'latex':
      return html`<div class="value">${mathHtml(found.text.replace(/^\$+|\$+$/g, ''), true)}</div>`
    case 'json':
      return await textHtml(JSON.stringify(found.value, null, 2) ?? 'undefined', 'json')
    case 'text':
      return await textHtml(found.text, found.text.includes('\u001B') ? 'ansi' : 'js')
    case 'asset': {
      const url = await context.assets.url(found.asset)
      const words = `${found.asset.mediaType}, ${formatBytes(found.asset.bytes)}`
      return html`<p class="value"><a href="${url}" download>${words}</a></p>`
    }
    default:
      return found satisfies never
  }
}

async function textHtml(text: string, language: string): Promise<Html> {
  const lines = await highlight(text, language)
  const block = html`<pre tabindex="0"><code>${trusted(tokenLines(lines))}</code></pre>`
  if (lines.length <= OPEN_LINES) return html`<div class="value">${block}</div>`
  return html`<div class="value">
    <details class="fold">
      <summary>Value, ${lines.length} lines</summary>
      ${block}
    </details>
  </div>`
}
