import type { HostCost, NotebookEntry, RunRecord } from '../run/record.ts'
import { assetHref } from './asset.ts'
import { FORMAT_LABELS } from './formats.ts'
import { counted, formatDate, formatSeconds } from './format.ts'
import { commandHtml } from './html/command.ts'
import { documentHead } from './html/head.ts'
import { html, trusted, type Html } from './html/template.ts'
import { THEME_SCRIPT } from './html/script/theme.ts'
import { BASE_STYLE } from './html/style/base.ts'
import { COLOR_STYLE } from './html/style/colors.ts'
import { RUN_STYLE } from './html/style/run.ts'
import { STATUS_WORDS } from './status.ts'

const STYLE = [COLOR_STYLE, BASE_STYLE, RUN_STYLE].join('')

export interface RunPageOptions {
  /** the page above, such as the index of all runs; `../index.html` */
  up?: { href: string; label: string } | false
  /** makes the page the live page: relative URLs of the client's scripts, and what it has seen of its server's messages */
  live?: { scripts: string[]; seq: number }
}

/** The index of one run: a card for each notebook, with what it showed, how it ended, and links to its reports. */
export function renderRunPage(
  record: RunRecord,
  { up = { href: '../index.html', label: 'All runs' }, live }: RunPageOptions = {},
): string {
  const title = `Run ${record.run}`
  return String(
    html`${documentHead({ title, style: STYLE, script: THEME_SCRIPT, live: live !== undefined })}
      <body data-status="${record.status}" data-seq="${live?.seq}">
        <a class="skip" href="#main">Skip to the notebooks</a>
        <header class="bar">
          <span class="crumbs"
            >${up && html`<a href="${up.href}">${up.label}</a> <span aria-hidden="true">/</span> `}<b
              >${record.run}</b
            ></span
          >
          <button type="button" class="theme" data-theme-toggle aria-label="Switch between light and dark" hidden>
            ◐
          </button>
        </header>
        <main id="main">
          <header class="title">
            <p class="eyebrow">${record.run}</p>
            <h1>Run of ${formatDate(record.startedAt)}</h1>
            <p class="facts" id="facts">${runFactsHtml(record)}</p>
            <div class="command">
              <pre tabindex="0">${commandHtml(record.command)}</pre>
            </div>
          </header>
          ${record.problems?.map((problem) => html`<p class="notice" role="note">${problem}</p>`)}
          <ul class="cards" id="notebooks">
            ${record.notebooks.map(notebookCardHtml)}
          </ul>
          ${record.notebooks.length === 0 && html`<p class="none">No notebook yet.</p>`} ${hostsHtml(record.hosts)}
        </main>
        ${trusted(`<script>${THEME_SCRIPT}</script>`)}
        ${live?.scripts.map((src) => html`<script type="module" src="${src}"></script>`)}
      </body>
      </html> `,
  )
}

/** Status, counts, time, date, commit and cost: the line under the title of a run. */
function runFactsHtml({ status, notebooks, startedAt, endedAt, commit, dirty, hosts }: RunRecord): Html {
  const usd = (hosts ?? []).reduce((sum, host) => sum + (host.usd ?? 0), 0)
  const count = (wanted: string) => notebooks.filter((notebook) => notebook.status === wanted).length
  const facts = [
    counted(notebooks.length, 'notebook'),
    ...(['failed', 'killed', 'cancelled', 'running'] as const).map(
      (one) => count(one) > 0 && `${count(one)} ${STATUS_WORDS[one]}`,
    ),
    endedAt !== undefined && formatSeconds((endedAt - startedAt) / 1000),
    commit !== undefined && `${commit.slice(0, 7)}${dirty ? ' + changes' : ''}`,
    usd > 0 && `$${usd.toFixed(2)}`,
  ].filter((fact) => typeof fact === 'string')
  return html`<span class="status ${status}">${STATUS_WORDS[status]}</span
    >${facts.map((fact) => html` <span>${fact}</span>`)}`
}

/** One notebook of a run as a list item; its links are relative to the run's folder. */
function notebookCardHtml(notebook: NotebookEntry): Html {
  const {
    path,
    title,
    file,
    test,
    project,
    attempt,
    status,
    seconds,
    cells,
    images,
    thumbnail,
    error,
    inFlight,
    asks,
  } = notebook
  const files = Object.entries(notebook.files ?? { html: 'index.html' })
  const page = files.find(([format]) => format === 'html') ?? files[0]
  const href = (name: string) => assetHref({ path: `${path}/${name}` })
  const details = [
    formatSeconds(seconds),
    counted(cells, 'cell'),
    images > 0 && counted(images, 'picture'),
    attempt > 1 && `attempt ${attempt}`,
  ].filter((fact) => typeof fact === 'string')
  return html`<li class="notebook" data-notebook="${path}">
    <div class="cover">
      ${
        thumbnail === undefined
          ? html`<span class="blank" aria-hidden="true">${title.slice(0, 1)}</span>`
          : html`<img src="${assetHref({ path: thumbnail })}" alt="" loading="lazy" decoding="async" />`
      }
    </div>
    <div class="about">
      <p class="where">${[project, file, ...test.slice(0, -1)].filter((part) => part !== '').join(' › ')}</p>
      <h2>${page ? html`<a href="${href(page[1])}">${title}</a>` : title}</h2>
      <p class="figures">
        <span class="status ${status}">${STATUS_WORDS[status]}</span>
        ${details.map((fact) => html`<span>${fact}</span> `)}
      </p>
      ${asks !== undefined && html`<p class="asks">Waits for an answer: ${asks}</p>`}
      ${error !== undefined && html`<p class="why">${error}</p>`}
      ${inFlight !== undefined && html`<p class="why">Was at work on “${inFlight}”</p>`}
      <p class="formats">
        ${files.map(([format, name]) => html`<a href="${href(name)}">${(FORMAT_LABELS as Record<string, string>)[format] ?? format}</a> `)}
      </p>
    </div>
  </li> `
}

/** What the run's hosts were and cost. */
function hostsHtml(hosts: HostCost[] = []): Html | undefined {
  if (hosts.length === 0) return undefined
  const known = hosts.filter(({ usd }) => usd !== undefined)
  const total = known.reduce((sum, { usd = 0 }) => sum + usd, 0)
  const row = ({ id, description, market, seconds, usd }: HostCost) =>
    html`<tr>
      <th scope="row">${id}</th>
      <td>${description}</td>
      <td>${market ?? '–'}</td>
      <td class="number">${formatSeconds(seconds)}</td>
      <td class="number">${usd === undefined ? '–' : `$${usd.toFixed(4)}`}</td>
    </tr>`
  return html`<section class="hosts" aria-labelledby="hosts">
    <h2 id="hosts">Hosts</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Hosts and their cost">
      <table>
        <thead>
          <tr>
            <th scope="col">host</th>
            <th scope="col">what</th>
            <th scope="col">market</th>
            <th scope="col" class="number">time</th>
            <th scope="col" class="number">cost</th>
          </tr>
        </thead>
        <tbody>
          ${hosts.map(row)}
        </tbody>
        ${
          known.length > 1 &&
          html`<tfoot>
            <tr>
              <th scope="row" colspan="4">together</th>
              <td class="number">$${total.toFixed(4)}</td>
            </tr>
          </tfoot>`
        }
      </table>
    </div>
  </section>`
}
