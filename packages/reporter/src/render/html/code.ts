import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent } from '../../journal/schema.ts'
import { formatBytes, formatCount } from '../format.ts'
import { highlight, type Token } from '../highlight.ts'
import { logPath, plainLog, viewLog } from '../log.ts'
import type { PageContext } from './context.ts'
import { escapeHtml, html, trusted, type Html } from './template.ts'

const OPEN_LINES = 30

/** The source of a code cell; a long one is folded. */
export async function sourceHtml(content: CellContent & { kind: 'code' }): Promise<Html> {
  const lines = await highlight(content.source, content.language)
  const block = html`<pre class="code" tabindex="0"><code>${trusted(tokenLines(lines))}</code></pre>`
  if (lines.length <= OPEN_LINES) return block
  return html`<details class="fold">
    <summary>Source, ${lines.length} lines</summary>
    ${block}
  </details>`
}

/** What a code cell printed, one block for each stretch of a stream, with the terminal's colours. */
export async function streamsHtml(cell: DocumentCell, context: PageContext): Promise<Html[]> {
  const blocks: Html[] = []
  for (const [index, { name, text }] of cell.streams.entries()) {
    if (text.trim() === '') continue
    const view = viewLog(text)
    blocks.push(
      html`<div class="stream ${name}" role="group" aria-label="${name}">
        <pre tabindex="0"><code>${await ansiHtml(view.head)}</code></pre>
        ${view.cut && cutHtml(view.cut, cell, index, context)}
        ${view.cut && html`<pre tabindex="0"><code>${await ansiHtml(view.cut.tail)}</code></pre>`}
      </div>`,
    )
  }
  return blocks
}

function cutHtml(
  cut: { lines: number; bytes: number },
  cell: DocumentCell,
  index: number,
  { form }: PageContext,
): Html {
  const words = `${formatCount(cut.lines)} lines (${formatBytes(cut.bytes)}) left out`
  if (form !== 'single') return html`<p class="cut">${words} · <a href="${logPath(cell, index)}">the whole log</a></p>`
  const text = plainLog(cell.streams[index]?.text ?? '')
  if (text.length > 2e6) return html`<p class="cut">${words}</p>`
  return html`<details class="cut">
    <summary>${words} · show the whole log</summary>
    <pre tabindex="0"><code>${text}</code></pre>
  </details>`
}

async function ansiHtml(text: string): Promise<Html> {
  if (!text.includes('\u001B')) return html`${text}`
  return trusted(tokenLines(await highlight(text, 'ansi')))
}

/** Lines of tokens as spans whose classes the page's style colours. */
export function tokenLines(lines: readonly (readonly Token[])[]): string {
  return lines.map((line) => line.map(tokenHtml).join('')).join('\n')
}

function tokenHtml({ text, role, bold, underline, background }: Token): string {
  const classes = [
    role !== undefined && `t-${role}`,
    bold && 't-bold',
    underline && 't-underline',
    background !== undefined && `b-${background}`,
  ].filter(Boolean)
  return classes.length === 0
    ? escapeHtml(text)
    : `<span class="${escapeHtml(classes.join(' '))}">${escapeHtml(text)}</span>`
}
