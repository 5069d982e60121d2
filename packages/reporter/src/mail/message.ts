import type { Archive } from '../archive/archive.ts'
import { formatSeconds } from '../render/format.ts'
import { escapeHtml, html } from '../render/html/template.ts'
import type { NotebookEntry, RunRecord } from '../run/record.ts'

export interface Message {
  subject: string
  text: string
  html: string
}

/** A mail about a run that begins or is over, for people with and without pictures in their mails. */
export function messageOf(record: RunRecord, archive: Archive | undefined): Message {
  const { run, status, notebooks, startedAt, endedAt, command, problems = [] } = record
  const link = (path: string) => archive?.url(`${run}/${path}`)
  const title = notebooks[0]?.title ?? 'notebooks'
  const what = notebooks.length > 1 ? `${title} and ${notebooks.length - 1} more` : title
  const took = endedAt === undefined ? '' : ` after ${formatSeconds((endedAt - startedAt) / 1000)}`
  const head = `Run ${run}: ${status}${took}`
  const whole = link('index.html')
  const line = (entry: NotebookEntry) =>
    [`${entry.title}: ${entry.status}`, entry.error, link(`${entry.path}/index.html`)].filter(Boolean).join('\n  ')
  const body = html`<div style="font: 16px/1.5 system-ui, sans-serif; max-width: 40rem">
    <h1 style="font-size: 20px">${head}</h1>
    ${whole !== undefined && html`<p>${linked(whole, 'The whole report')}</p>`}
    <ul>
      ${notebooks.map((entry) => {
        const page = link(`${entry.path}/index.html`)
        return html`<li>
          ${page === undefined ? entry.title : linked(page, entry.title)}: <b>${entry.status}</b>,
          ${formatSeconds(entry.seconds)}${entry.error !== undefined && html`<br /><code>${entry.error.slice(0, 500)}</code>`}
        </li>`
      })}
    </ul>
    ${problems.map((problem) => html`<p>${problem}</p>`)}
    <p style="color: #666">Again: <code>${command}</code></p>
  </div>`
  return {
    subject: `${status}: ${what}`.replace(/[\r\n]+/g, ' ').slice(0, 200),
    text: [head, whole, '', ...notebooks.map(line), '', ...problems, `Again: ${command}`]
      .filter((one) => one !== undefined)
      .join('\n'),
    html: `<!doctype html><meta charset="utf-8"><title>${escapeHtml(head)}</title>${String(body)}`,
  }
}

/** A bucket's own address is no link that a mail program opens. */
function linked(url: string, words: string) {
  return /^https?:/.test(url) ? html`<a href="${url}">${words}</a>` : html`${words} (<code>${url}</code>)`
}
