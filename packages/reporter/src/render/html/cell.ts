import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { formatBytes, formatSeconds } from '../format.ts'
import { treeOf } from '../outline.ts'
import { sourceHtml, streamsHtml } from './code.ts'
import type { PageContext } from './context.ts'
import { errorHtml } from './error.ts'
import { sourceUrl } from '../link.ts'
import { subreportPath } from '../subreport.ts'
import { markdownHtml } from './markdown.ts'
import { outputHtml } from './output.ts'
import { plotHtml } from './plot.ts'
import { compareHtml, galleryHtml, imageHtml, videoHtml } from './picture.ts'
import { questionHtml } from './question.ts'
import { tableHtml } from './table.ts'
import { html, trusted, type Html } from './template.ts'

/**
 * One cell with its children as an element that carries `data-cell`: the live page replaces it as a whole.
 * The same cell in the same context gives the same text.
 */
export async function renderCell(cell: DocumentCell, context: PageContext): Promise<string> {
  return String(await cellHtml(cell, context))
}

export async function cellHtml(cell: DocumentCell, context: PageContext): Promise<Html> {
  const { kind } = cell.content
  const running = cell.end === undefined && isTimed(kind)
  const state = running ? (context.document.status === 'running' ? 'running' : 'broken') : cell.end?.error && 'failed'
  return html`<section
    class="cell ${kind}-cell"
    id="cell-${cell.id}"
    data-cell="${cell.id}"
    data-state="${state || 'done'}"
  >
    ${await bodyHtml(cell, context)}
  </section> `
}

async function bodyHtml(cell: DocumentCell, context: PageContext): Promise<Html> {
  const { content } = cell
  switch (content.kind) {
    case 'markdown':
      return html`<div class="prose">
        ${await markdownHtml(treeOf(content), context.outline.headings.get(cell.id))}
      </div>`
    case 'code':
      return await codeHtml(cell, content, context)
    case 'display':
      return html`${content.title !== undefined && html`<p class="caption">${content.title}</p>`}${await outputHtml(content.data, context)}`
    case 'image':
      return await imageHtml(content, context)
    case 'compare':
      return await compareHtml(content, context)
    case 'gallery':
      return await galleryHtml(content, context)
    case 'video':
      return await videoHtml(content, context)
    case 'table':
      return tableHtml(cell, content, context)
    case 'plot':
      return await plotHtml(cell, content, context)
    case 'progress':
      return progressHtml(content)
    case 'file':
      return await fileHtml(content, context)
    case 'details':
      return html`<details class="box">
        <summary id="${context.outline.titles.get(cell.id)?.anchor}">${content.title}</summary>
        <div class="inside">${await childrenHtml(cell, context)}${cell.end?.error && errorHtml(cell.end.error)}</div>
      </details>`
    case 'subreport':
      return await subreportHtml(cell, content, context)
    case 'question':
      return await questionHtml(cell, content, context)
    case 'endpoint':
      return endpointHtml(content, context)
    default:
      return content satisfies never
  }
}

async function codeHtml(
  cell: DocumentCell,
  content: CellContent & { kind: 'code' },
  context: PageContext,
): Promise<Html> {
  const entry = context.outline.titles.get(cell.id)
  const place = placeHtml(content, context)
  const streams = await streamsHtml(cell, context)
  const children = await childrenHtml(cell, context)
  const value = cell.end?.value && (await outputHtml(cell.end.value, context))
  const shown = streams.length > 0 || cell.children.length > 0 || value || cell.end?.error
  return html`<div class="card">
      <p class="head">
        ${entry && html`<a class="name" id="${entry.anchor}" href="#${entry.anchor}">${entry.text}</a>`} ${place}
        <span class="time">${timeOf(cell, context)}</span>
      </p>
      ${await sourceHtml(content)}
    </div>
    ${shown && html`<div class="outputs">${streams}${children}${value}${cell.end?.error && errorHtml(cell.end.error)}</div>`}`
}

/** File and line of a cell, as a link to them at the run's commit where that has a page. */
function placeHtml({ location, language }: CellContent & { kind: 'code' }, { document }: PageContext): Html {
  if (!location) return html`<span class="place">${language === 'javascript' ? 'JavaScript' : 'TypeScript'}</span>`
  const url = sourceUrl(location, document.begin.provenance)
  const place = `${location.file.split('/').at(-1)}:${location.line}`
  return html`<span class="place">${url === undefined ? place : html`<a href="${url}">${place}</a>`}</span>`
}

function timeOf(cell: DocumentCell, { document }: PageContext): string {
  if (cell.end) return formatSeconds(cell.end.seconds)
  if (document.status === 'running') return 'running'
  return document.status === 'killed' ? 'killed here' : 'not finished'
}

async function childrenHtml(cell: DocumentCell, context: PageContext): Promise<Html[]> {
  const done: Html[] = []
  for (const child of cell.children) done.push(await cellHtml(child, context))
  return done
}

async function subreportHtml(
  cell: DocumentCell,
  content: CellContent & { kind: 'subreport' },
  context: PageContext,
): Promise<Html> {
  const entry = context.outline.titles.get(cell.id)
  const level = entry?.level ?? 2
  const page =
    context.form === 'folder' && html` <a class="place" href="${subreportPath(cell, content)}">a page of its own</a>`
  const title = html`${content.title}${cell.end && html` <span class="time">${formatSeconds(cell.end.seconds)}</span>`}${page}`
  return html`${trusted(`<h${level} id="${entry?.anchor ?? ''}">`)}${title}${trusted(`</h${level}>`)}
    <div class="subreport">${await childrenHtml(cell, context)}${cell.end?.error && errorHtml(cell.end.error)}</div>`
}

/** On the live page a link: its server passes the request on. */
function endpointHtml({ path }: CellContent & { kind: 'endpoint' }, { form }: PageContext): Html {
  const name = html`<code>${path}</code>`
  const href = `-/serve/${assetHref({ path })}`
  return html`<p class="endpoint">
    <span
      >Endpoint
      ${form === 'live' ? html`<a href="${href}">${name}</a>` : html`${name}, answered while the notebook was live`}</span
    >
  </p>`
}

function progressHtml({ label, value, total }: CellContent & { kind: 'progress' }): Html {
  const name = label ?? 'Progress'
  return html`<p class="progress">
    <span>${name}</span> <progress max="${total}" value="${value}" aria-label="${name}"></progress>
    <span class="count">${value} of ${total}</span>
  </p>`
}

async function fileHtml({ name, file }: CellContent & { kind: 'file' }, context: PageContext): Promise<Html> {
  const url = await context.assets.url(file)
  return html`<p class="file">
    <a href="${url}" download="${name}">${name}</a>
    <span class="size">${formatBytes(file.bytes)}, ${file.mediaType}</span>
  </p>`
}

function isTimed(kind: CellContent['kind']): boolean {
  return kind === 'code' || kind === 'details' || kind === 'subreport' || kind === 'question'
}
