import { createHash } from 'node:crypto'
import type { NotebookDocument } from '../../journal/document.ts'
import { formatBytes, formatDate, formatSeconds } from '../format.ts'
import type { RenderOptions } from '../options.ts'
import { cellHtml } from './cell.ts'
import { createPageContext, type PageContext } from './context.ts'
import { contentsHtml } from './contents.ts'
import { errorHtml } from './error.ts'
import { parametersHtml, provenanceHtml } from './provenance.ts'
import { PAGE_SCRIPT } from './script.ts'
import { STATUS_WORDS } from '../status.ts'
import { PAGE_STYLE } from './style/page.ts'
import { html, trusted, type Html } from './template.ts'

export interface HtmlOptions extends RenderOptions {
  /** one file that holds its pictures, instead of a page beside its `assets/`; false */
  singleFile?: boolean
  /** how large a single file may become, in bytes; what is beyond it is named instead of shown; 64 MB */
  budget?: number
  /** makes the page the live page: relative URLs of the client's scripts; assets stay relative */
  live?: { scripts: string[] }
  /** link to the page above, such as the run's index */
  up?: { href: string; label: string }
}

/** One notebook as one page that works from disk, without a network, and (moving parts aside) without scripts. */
export async function renderHtml(document: NotebookDocument, options: HtmlOptions): Promise<string> {
  const { folder, singleFile = false, budget, live } = options
  const form = live ? 'live' : singleFile ? 'single' : 'folder'
  const context = createPageContext(document, { folder, form, ...(budget === undefined ? {} : { budget }) })
  const cells: Html[] = []
  for (const cell of document.cells) cells.push(await cellHtml(cell, context))
  return String(pageHtml(context, cells, options))
}

function pageHtml(context: PageContext, cells: Html[], { files = {}, up, live }: HtmlOptions): Html {
  const { document } = context
  const { begin, status } = document
  return html`${documentHead(begin.title, PAGE_STYLE, PAGE_SCRIPT, live !== undefined)}
    <body data-status="${status}" data-seq="${document.lastSeq}">
      <a class="skip" href="#main">Skip to the notebook</a>
      <header class="bar">
        <span class="crumbs">${up && html`<a href="${up.href}">${up.label}</a> <span aria-hidden="true">/</span>`} <b>${begin.title}</b></span>
        <span class="links">${Object.entries(files).map(([label, href]) => html`<a href="${href}">${label}</a>`)}</span>
        <button type="button" class="theme" data-theme-toggle aria-label="Switch between light and dark" hidden>◐</button>
      </header>
      <div class="layout">
        ${contentsHtml(context.outline)}
        <main id="main">
          <header class="title">
            <p class="eyebrow">${[begin.file, ...begin.test.slice(0, -1)].join(' › ')}</p>
            <h1>${begin.title}</h1>
            <p class="facts" id="facts">${factsHtml(document)}</p>
          </header>
          ${document.errors.map(errorHtml)} ${parametersHtml(document)}
          <div id="cells">${cells}</div>
          ${omittedHtml(context)} ${provenanceHtml(document)}
        </main>
      </div>
      <dialog id="lightbox" aria-label="Picture">
        <button type="button" class="close" data-close aria-label="Close">×</button>
        <button type="button" class="previous" data-step="-1" aria-label="Previous picture">‹</button>
        <figure><img alt="" /><figcaption></figcaption></figure>
        <button type="button" class="next" data-step="1" aria-label="Next picture">›</button>
      </dialog>
      ${trusted(`<script>${PAGE_SCRIPT}</script>`)}
      ${live?.scripts.map((src) => html`<script type="module" src="${src}"></script>`)}
    </body>
  </html> `
}

/** Status, time, date, machine: one line under the title. The live page replaces it as a whole. */
export function factsHtml({ begin, status, seconds, startedAt }: NotebookDocument): Html {
  const { provenance, attempt } = begin
  const machine = provenance.gpu?.[0]?.name ?? provenance.host?.type ?? provenance.cpu
  const facts = [
    formatSeconds(seconds),
    formatDate(startedAt),
    machine,
    provenance.commit && `${provenance.commit.slice(0, 7)}${provenance.dirty ? ' + changes' : ''}`,
    attempt > 1 && `attempt ${attempt}`,
  ].filter((fact) => typeof fact === 'string')
  return html`<span class="status ${status}">${STATUS_WORDS[status]}</span>${facts.map((fact) => html` <span>${fact}</span>`)}`
}

/** The head of every page: its policy lets only its own style and script work, and nothing go to or come from a network. */
export function documentHead(title: string, style: string, script: string, live = false): Html {
  const own = live ? " 'self'" : ''
  const policy = [
    "default-src 'none'",
    "img-src 'self' data: blob: file:",
    "media-src 'self' data: blob: file:",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'${own}`,
    `connect-src${live ? " 'self'" : " 'none'"}`,
    `form-action${live ? " 'self'" : " 'none'"}`,
    "base-uri 'none'",
  ].join('; ')
  return html`${trusted('<!doctype html>')}
    ${trusted('<html lang="en">')}
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${trusted(`<link rel="icon" href="data:," /><style>${style}</style>`)}
      </head>`
}

function omittedHtml(context: PageContext): Html | undefined {
  const { count, bytes } = context.omitted()
  if (count === 0) return undefined
  return html`<p class="notice" role="note">
    ${count} ${count === 1 ? 'file' : 'files'} (${formatBytes(bytes)}) did not fit into this single file; the folder form of the report has all of them.
  </p>`
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
