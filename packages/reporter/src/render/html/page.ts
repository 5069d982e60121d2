import type { NotebookDocument } from '../../journal/document.ts'
import { formatDate, formatSeconds } from '../format.ts'
import { killedWords } from '../in-flight.ts'
import type { RenderOptions } from '../options.ts'
import { STATUS_WORDS } from '../status.ts'
import { cellHtml } from './cell.ts'
import { createPageContext, type PageContext } from './context.ts'
import { contentsHtml } from './contents.ts'
import { errorHtml } from './error.ts'
import { documentHead } from './head.ts'
import { parametersHtml, provenanceHtml } from './provenance.ts'
import { PAGE_SCRIPT } from './script/page.ts'
import { SingleFile } from './single-file.ts'
import { PAGE_STYLE } from './style/page.ts'
import { escapeHtml, html, trusted, type Html } from './template.ts'

export interface HtmlOptions extends RenderOptions {
  /** one file that holds its pictures, instead of a page beside its `assets/`; false */
  singleFile?: boolean
  /** how large a single file may become, in bytes; beyond it the page shows small copies of its pictures; 64 MB */
  budget?: number
  /** makes the page the live page: relative URLs of the client's scripts; assets stay relative */
  live?: { scripts: string[] }
  /** link to the page above, such as the run's index */
  up?: { href: string; label: string }
  /** is told in a sentence when a single file could not hold its pictures */
  onProblem?: (sentence: string) => void
}

/**
 * One notebook as one page that works from disk, without a network, and (moving parts aside) without scripts.
 * The page comes in pieces, cell by cell, so that a large one never lies in memory as a whole.
 *
 * @yields the next piece of the page
 */
export async function* renderHtml(document: NotebookDocument, options: HtmlOptions): AsyncGenerator<string, void> {
  const { folder, singleFile = false, budget = 64e6, live, onProblem } = options
  const form = live ? 'live' : singleFile ? 'single' : 'folder'
  const held = form === 'single' ? await SingleFile.prepare(document, folder, budget) : undefined
  const context = createPageContext(document, held ? { form, assets: held } : { form })
  if (held?.problem !== undefined) onProblem?.(held.problem)
  yield String(openingHtml(context, options, held?.problem))
  for (const cell of document.cells) yield String(await cellHtml(cell, context))
  yield String(closingHtml(context, options))
}

function openingHtml(
  { document, outline }: PageContext,
  { files = {}, up, live }: HtmlOptions,
  problem?: string,
): Html {
  const { begin, status } = document
  return html`${documentHead({ title: begin.title, style: PAGE_STYLE, script: PAGE_SCRIPT, live: live !== undefined })}
    ${trusted(`<body data-status="${escapeHtml(status)}" data-seq="${Number(document.lastSeq)}">`)}
    <a class="skip" href="#main">Skip to the notebook</a>
    <header class="bar">
      <span class="crumbs"
        >${up && html`<a href="${up.href}">${up.label}</a> <span aria-hidden="true">/</span>`}
        <b>${begin.title}</b></span
      >
      <span class="links">${Object.entries(files).map(([label, href]) => html`<a href="${href}">${label}</a>`)}</span>
      <button type="button" class="theme" data-theme-toggle aria-label="Switch between light and dark" hidden>◐</button>
    </header>
    ${trusted('<div class="layout">')} ${contentsHtml(outline)} ${trusted('<main id="main">')}
    <header class="title">
      <p class="eyebrow">${[begin.file, ...begin.test.slice(0, -1)].join(' › ')}</p>
      <h1>${begin.title}</h1>
      <p class="facts" id="facts">${factsHtml(document)}</p>
    </header>
    ${noticeHtml(killedWords(document))} ${noticeHtml(problem)} ${document.errors.map(errorHtml)}
    ${parametersHtml(document)} ${trusted('<div id="cells">')}`
}

function closingHtml(context: PageContext, { live }: HtmlOptions): Html {
  return html`${trusted('</div>')} ${provenanceHtml(context.document)} ${trusted('</main></div>')}
    <dialog id="lightbox" aria-label="Picture">
      <button type="button" class="close" data-close aria-label="Close">×</button>
      <button type="button" class="previous" data-step="-1" aria-label="Previous picture">‹</button>
      <figure>
        <img alt="" />
        <figcaption></figcaption>
      </figure>
      <button type="button" class="next" data-step="1" aria-label="Next picture">›</button>
    </dialog>
    ${trusted(`<script>${PAGE_SCRIPT}</script>`)}
    ${live?.scripts.map((src) => html`<script type="module" src="${src}"></script>`)} ${trusted('</body></html>')} `
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
  return html`<span class="status ${status}">${STATUS_WORDS[status]}</span
    >${facts.map((fact) => html` <span>${fact}</span>`)}`
}

function noticeHtml(sentence: string | undefined): Html | undefined {
  return sentence === undefined ? undefined : html`<p class="notice" role="note">${sentence}</p>`
}
