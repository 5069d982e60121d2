import { assetHref } from '../render/asset.ts'
import { formatCount, formatDate, formatSeconds } from '../render/format.ts'
import { documentHead } from '../render/html/head.ts'
import { THEME_SCRIPT } from '../render/html/script/theme.ts'
import { BASE_STYLE } from '../render/html/style/base.ts'
import { COLOR_STYLE } from '../render/html/style/colors.ts'
import { html, trusted, type Html } from '../render/html/template.ts'
import { STATUS_WORDS } from '../render/status.ts'
import type { IndexEntry } from './index-entry.ts'
import { indexScript } from './index-script.ts'
import { INDEX_STYLE } from './index-style.ts'

const STYLE = [COLOR_STYLE, BASE_STYLE, INDEX_STYLE].join('')
/** Those that are in the page as HTML; the page's script makes more of its data as the reader goes down. */
const FIRST = 60
const SHOWN_PICTURES = 4
const DATA = /<script type="application\/json" id="runs">(.*?)<\/script>/s

/**
 * The page of all runs, newest first: one file that holds what it searches in, so it works from disk and from any place that
 * serves files. Without scripts it lists the newest.
 *
 * @param entries newest first
 */
export async function renderRunsIndex(entries: readonly IndexEntry[]): Promise<string> {
  const search = await indexScript()
  const script = `${THEME_SCRIPT};${search}`
  const count = formatCount(entries.length)
  return String(
    html`${documentHead({ title: 'Runs', style: STYLE, script })}
      <body>
        <a class="skip" href="#runs-list">Skip to the runs</a>
        <header class="bar">
          <span class="crumbs"><b>All runs</b></span>
          <button type="button" class="theme" data-theme-toggle aria-label="Switch between light and dark" hidden>
            ◐
          </button>
        </header>
        <main id="main">
          <header class="title">
            <h1>Runs</h1>
            <p class="facts"><span id="count" role="status">${count} ${entries.length === 1 ? 'run' : 'runs'}</span></p>
          </header>
          <form class="filters" role="search" hidden>
            <label class="find"
              ><span>Find</span
              ><input type="search" id="query" autocomplete="off" placeholder="title, file, branch, commit, command…"
            /></label>
            <label
              ><span>Status</span
              ><select id="status">
                <option value="">any</option>
                ${Object.values(STATUS_WORDS).map((word) => html`<option>${word}</option>`)}
              </select></label
            >
            <label
              ><span>File</span
              ><select id="file">
                <option value="">any</option>
              </select></label
            >
          </form>
          ${entries.length === 0 && html`<p class="none">No run yet.</p>`}
          <ol class="runs" id="runs-list">
            ${entries.slice(0, FIRST).map(runHtml)}
          </ol>
          <p class="none" id="nothing" hidden>No run is like that.</p>
          <p class="more">
            <button type="button" id="more" hidden>Show more</button>
            ${entries.length > FIRST && html`<noscript>${formatCount(entries.length - FIRST)} older runs are shown with scripts only.</noscript>`}
          </p>
        </main>
        ${trusted(`<script type="application/json" id="runs">${inScript(entries)}</script><script>${script}</script>`)}
      </body>
      </html> `,
  )
}

/**
 * What a page of all runs was made of.
 *
 * @returns none when it is no such page
 */
export function parseRunsIndex(page: string): IndexEntry[] {
  const data = DATA.exec(page)?.[1]
  if (data === undefined) return []
  try {
    return JSON.parse(data) as IndexEntry[]
  } catch {
    return []
  }
}

/** The page's script makes the same of the same data ({@link file://./index-script.ts}). */
function runHtml({ run, status, startedAt, endedAt, commit, branch, usd, notebooks }: IndexEntry): Html {
  const pictures = notebooks.filter(({ thumbnail }) => thumbnail !== undefined).slice(0, SHOWN_PICTURES)
  const facts = [
    endedAt !== undefined && formatSeconds((endedAt - startedAt) / 1000),
    branch,
    commit?.slice(0, 7),
    usd !== undefined && `$${usd.toFixed(2)}`,
  ].filter((fact) => typeof fact === 'string')
  const titles = notebooks.map(
    ({ title, page, status: ended }) =>
      html`<li>
        <a href="${assetHref({ path: `${run}/${page}` })}">${title}</a
        >${ended !== status && html` <span class="status ${ended}">${STATUS_WORDS[ended]}</span>`}
      </li>`,
  )
  return html`<li class="run" data-status="${status}">
    <div class="pictures" aria-hidden="true">
      ${pictures.map(({ thumbnail = '' }) => html`<img src="${assetHref({ path: `${run}/${thumbnail}` })}" alt="" loading="lazy" decoding="async" />`)}
    </div>
    <div class="about">
      <h2>
        <a href="${assetHref({ path: run })}/index.html"
          ><time datetime="${new Date(startedAt).toISOString()}">${formatDate(startedAt)}</time></a
        >
      </h2>
      <ul class="notebooks">
        ${titles}
      </ul>
      <p class="figures">
        <span class="status ${status}">${STATUS_WORDS[status]}</span>${facts.map((fact) => html` <span>${fact}</span>`)}
      </p>
    </div>
  </li> `
}

/** JSON that stays inside its element, whatever it says. */
function inScript(entries: readonly IndexEntry[]): string {
  return JSON.stringify(entries).replace(/</g, '\\u003c')
}
