import type { DocumentCell } from '../journal/document.ts'
import { wordsOf } from '../render/facts.ts'
import { assetHref } from '../render/asset.ts'
import { html, type Html } from '../render/html/template.ts'
import type { NotebookFeed } from './notebook-feed.ts'
import { passOn } from './worker.ts'

/** A field as the journal holds it. It may come from another machine, so nothing is taken for granted. */
interface QuestionField {
  type?: unknown
  default?: unknown
  options?: unknown
  label?: unknown
  /** of a mask: what is painted on; it comes a moment after the question */
  image?: unknown
}

/** The form of a question that waits for an answer; the page puts it into the question's cell. */
export function questionForm(feed: NotebookFeed, id: string): Response {
  const cell = feed.document && findCell(feed.document.cells, id)
  if (cell?.content.kind !== 'question' || cell.end) return new Response('Nothing is asked here.', { status: 404 })
  const { fields, timeoutMs, parameters = false } = cell.content
  if (Object.values(fields).some((field) => (field as QuestionField).type === 'mask' && !isImage(field))) {
    return new Response('The picture to paint on is not there yet.', { status: 503 })
  }
  const until = timeoutMs === undefined ? undefined : cell.startedAt + timeoutMs
  const form = html`<form
    class="ask"
    data-ask="${id}"
    data-until="${until}"
    data-then="${parameters ? 'begins by itself' : 'the defaults'}"
  >
    ${Object.entries(fields).map(([name, field]) => fieldHtml(`${id}-${name}`, name, (field ?? {}) as QuestionField))}
    <p class="send">
      <button type="submit">${parameters ? 'Begin' : 'Answer'}</button>
      <span class="left" data-left></span>
      <output role="status"></output>
    </p>
  </form>`
  return new Response(String(form), { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}

export async function answerQuestion(feed: NotebookFeed, id: string, request: Request): Promise<Response> {
  if (request.method !== 'POST') return new Response('Answers are posted.', { status: 405 })
  return await passOn(feed.folder, `/answer/${encodeURIComponent(id)}`, request)
}

function fieldHtml(id: string, name: string, field: QuestionField): Html | undefined {
  const label = html`<label for="${id}">${typeof field.label === 'string' ? field.label : name}</label>`
  const { default: initial } = field
  switch (field.type) {
    case 'number':
      return html`<div class="field">
        ${label}<input id="${id}" name="${name}" type="number" step="any" required value="${textOf(initial)}" />
      </div>`
    case 'boolean':
      return html`<div class="field check">
        ${
          initial === true
            ? html`<input id="${id}" name="${name}" type="checkbox" checked />`
            : html`<input id="${id}" name="${name}" type="checkbox" />`
        }${label}
      </div>`
    case 'choice':
      return html`<div class="field">
        ${label}<select id="${id}" name="${name}">
          ${optionsOf(field).map((option) =>
            option === initial
              ? html`<option value="${option}" selected>${option}</option>`
              : html`<option value="${option}">${option}</option>`,
          )}
        </select>
      </div>`
    case 'json':
      return html`<div class="field">
        ${label}<textarea id="${id}" name="${name}" data-json rows="${rowsFor(jsonOf(initial))}" spellcheck="false">
${jsonOf(initial)}</textarea>
      </div>`
    case 'picture':
      return html`<div class="field">
        ${label}<input id="${id}" name="${name}" type="file" accept="image/png,image/jpeg,image/webp" data-picture />
        <span class="hint">${initial !== undefined && `Without one: ${wordsOf(initial)}`}</span>
      </div>`
    case 'mask':
      return maskHtml(id, name, label, field)
    default:
      return html`<div class="field">
        ${label}<input id="${id}" name="${name}" type="text" value="${textOf(initial)}" />
      </div>`
  }
}

function maskHtml(id: string, name: string, label: Html, field: QuestionField): Html | undefined {
  if (!isImage(field)) return undefined
  const { image } = field
  return html`<div class="field mask" data-mask="${name}">
    ${label}
    <canvas
      id="${id}"
      data-src="${assetHref({ path: image.path })}"
      width="${Number(image.width)}"
      height="${Number(image.height)}"
      tabindex="0"
      aria-label="Paint over the part that is meant. Arrow keys move the brush, the space bar paints."
    ></canvas>
    <div class="tools">
      <label>Brush <input type="range" min="2" max="200" value="40" data-brush /></label>
      <button type="button" data-tool="erase" aria-pressed="false">Erase</button>
      <button type="button" data-tool="undo">Undo</button>
      <button type="button" data-tool="clear">Clear</button>
    </div>
  </div>`
}

function isImage(field: unknown): field is { image: { path: string; width: number; height: number } } {
  const image = (field as { image?: { path?: unknown } } | null)?.image
  return typeof image?.path === 'string'
}

function optionsOf({ options }: QuestionField): string[] {
  return Array.isArray(options) ? options.filter((option) => typeof option === 'string') : []
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? ''
}

/** All of a short text is seen, and a line to go on in. */
function rowsFor(text: string): number {
  return Math.min(text.split('\n').length + 1, 20)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function findCell(cells: readonly DocumentCell[], id: string): DocumentCell | undefined {
  for (const cell of cells) {
    const found = cell.id === id ? cell : findCell(cell.children, id)
    if (found) return found
  }
  return undefined
}
