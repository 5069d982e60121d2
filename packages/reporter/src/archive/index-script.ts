import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { STATUS_WORDS } from '../render/status.ts'

const require = createRequire(import.meta.url)

/**
 * Search, filters and the rest of the runs: a script that stands in the page, since a page from disk may load none. It makes
 * of an entry what {@link file://./index-page.ts} makes of it.
 */
export async function indexScript(): Promise<string> {
  // the build for pages: one function call that leaves a global
  const library = join(dirname(require.resolve('minisearch')), '../umd/index.js')
  const search = (await readFile(library, 'utf8')).replace(/^\/\/# sourceMappingURL=.*$/m, '')
  return `${search}\n${PAGE}`
}

const PAGE = String.raw`
(() => {
  'use strict'
  const BATCH = 60
  const QUIET_MS = 15 * 60_000
  const WORDS = ${JSON.stringify(STATUS_WORDS)}
  const byId = (id) => document.getElementById(id)
  const data = byId('runs')
  if (!data) return
  const runs = JSON.parse(data.textContent)
  const list = byId('runs-list')
  const query = byId('query')
  const [status, file] = [byId('status'), byId('file')]
  document.querySelector('.filters').hidden = false

  const files = new Map()
  for (const run of runs) for (const one of new Set(run.notebooks.map(({ file }) => file))) files.set(one, (files.get(one) ?? 0) + 1)
  for (const [name, count] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) file.append(new Option(name + ' (' + count + ')', name))

  // made at the first search: most readers look at the newest runs only
  let index
  const search = (text) => {
    if (!index) {
      index = new MiniSearch({
        fields: ['run', 'title', 'file', 'branch', 'commit', 'command'],
        tokenize: (words) => words.toLowerCase().split(/[^\p{L}\p{N}]+/u),
        searchOptions: { prefix: true, combineWith: 'AND', boost: { title: 3, file: 2 } },
      })
      index.addAll(runs.map((run, id) => ({
        id, run: run.run, branch: run.branch, commit: run.commit, command: run.command,
        title: run.notebooks.map(({ title }) => title).join(' '),
        file: run.notebooks.map(({ file }) => file).join(' '),
      })))
    }
    const exact = index.search(text)
    return new Set((exact.length > 0 ? exact : index.search(text, { fuzzy: 0.2 })).map(({ id }) => id))
  }

  let found = runs
  let shown = list.children.length
  const select = () => {
    const text = query.value.trim()
    const ids = text === '' ? undefined : search(text)
    found = runs.filter((run, id) =>
      (!ids || ids.has(id)) &&
      (status.value === '' || run.status === status.value || run.notebooks.some((one) => one.status === status.value)) &&
      (file.value === '' || run.notebooks.some((one) => one.file === file.value)))
    list.replaceChildren()
    shown = 0
    more()
    const number = String(found.length).replace(/\B(?=(?:\d{3})+$)/g, ',')
    byId('count').textContent = number + (found.length === 1 ? ' run' : ' runs') + (text || status.value || file.value ? ' found' : '')
    byId('nothing').hidden = found.length > 0 || runs.length === 0
    keep()
  }
  const more = () => {
    const next = found.slice(shown, shown + BATCH)
    list.append(...next.map(item))
    shown += next.length
    byId('more').hidden = shown >= found.length
  }

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    made.append(...children.filter((child) => child !== undefined && child !== false))
    return made
  }
  const href = (path) => path.split('/').filter((part) => part && part !== '.' && part !== '..').map(encodeURIComponent).join('/')
  const pill = (one) => element('span', { class: 'status ' + one }, WORDS[one] ?? one)
  const seconds = (value) => {
    if (value < 0.9995) return Math.round(value * 1000) + ' ms'
    if (value < 59.95) return value.toFixed(1) + ' s'
    const whole = Math.round(value)
    const pad = (number) => String(number).padStart(2, '0')
    const minutes = Math.floor(whole / 60)
    return minutes < 60 ? minutes + 'm ' + pad(whole % 60) + 's' : Math.floor(minutes / 60) + 'h ' + pad(minutes % 60) + 'm'
  }
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const when = (at) => {
    const date = new Date(at)
    const pad = (number) => String(number).padStart(2, '0')
    return date.getUTCDate() + ' ' + MONTHS[date.getUTCMonth()] + ' ' + date.getUTCFullYear() + ', ' + pad(date.getUTCHours()) + ':' + pad(date.getUTCMinutes()) + ' UTC'
  }
  const item = ({ run, status, startedAt, endedAt, heardAt, commit, branch, usd, notebooks }) => {
    const quiet = status === 'running' && Date.now() - heardAt > QUIET_MS
    const facts = [
      quiet && 'nothing heard since ' + when(heardAt),
      endedAt !== undefined && seconds((endedAt - startedAt) / 1000),
      branch,
      commit?.slice(0, 7),
      usd !== undefined && '$' + usd.toFixed(2),
    ].filter(Boolean)
    const pictures = notebooks.filter(({ thumbnail }) => thumbnail !== undefined).slice(0, 4)
    return element('li', { class: 'run', 'data-status': status },
      element('div', { class: 'pictures', 'aria-hidden': 'true' }, ...pictures.map(({ thumbnail }) =>
        element('img', { src: href(run + '/' + thumbnail), alt: '', loading: 'lazy', decoding: 'async' }))),
      element('div', { class: 'about' },
        element('h2', {}, element('a', { href: href(run) + '/index.html' },
          element('time', { datetime: new Date(startedAt).toISOString() }, when(startedAt)))),
        element('ul', { class: 'notebooks' }, ...notebooks.map((one) => element('li', {},
          element('a', { href: href(run + '/' + one.page) }, one.title), one.status !== status && ' ', one.status !== status && pill(one.status)))),
        element('p', { class: 'figures' }, pill(quiet ? 'killed' : status), ...facts.flatMap((fact) => [' ', element('span', {}, fact)]))))
  }

  // the address holds what is looked for, so that it can be sent to somebody
  const keep = () => {
    const given = new URLSearchParams()
    for (const [name, field] of Object.entries({ q: query, status, file })) if (field.value) given.set(name, field.value)
    history.replaceState(null, '', given.size > 0 ? '#' + given : location.pathname)
  }
  const given = new URLSearchParams(location.hash.slice(1))
  query.value = given.get('q') ?? ''
  status.value = given.get('status') ?? ''
  file.value = given.get('file') ?? ''

  let timer
  query.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(select, 120) })
  status.addEventListener('change', select)
  file.addEventListener('change', select)
  document.querySelector('.filters').addEventListener('submit', (event) => { event.preventDefault(); select() })
  byId('more').addEventListener('click', more)
  new IntersectionObserver((seen) => { if (seen.some(({ isIntersecting }) => isIntersecting) && shown < found.length) more() }, { rootMargin: '600px' })
    .observe(byId('more').parentElement)
  byId('more').hidden = shown >= found.length
  addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.matches('input, select, textarea')) { event.preventDefault(); query.focus() }
  })
  // some may have died since the page was made: their state is worked out here
  if (given.size > 0 || runs.some(({ status: one }) => one === 'running')) select()
})()
`
