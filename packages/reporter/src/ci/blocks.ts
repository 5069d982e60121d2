import { counted, formatSeconds } from '../render/format.ts'
import type { NotebookEntry, RunRecord } from '../run/record.ts'

/** Where the things of a run can be seen by whoever reads the summary. */
export interface RunLinks {
  /** a file of the run, by its path in it; undefined when it cannot be reached from there */
  page(path: string): string | undefined
  /** a picture that GitHub can show for good */
  picture(path: string): string | undefined
}

const MARKS: Record<RunRecord['status'], string> = {
  passed: '✅',
  failed: '❌',
  killed: '💥',
  cancelled: '⚪',
  running: '⏳',
}

/** Title and figures of a run. */
export function headBlock(
  { status, notebooks, startedAt, endedAt, hosts = [], run }: RunRecord,
  links: RunLinks,
): string {
  const usd = hosts.reduce((sum, host) => sum + (host.usd ?? 0), 0)
  const facts = [
    counted(notebooks.length, 'notebook'),
    endedAt !== undefined && formatSeconds((endedAt - startedAt) / 1000),
    usd > 0 && `$${usd.toFixed(2)}`,
  ].filter((fact) => typeof fact === 'string')
  const page = links.page('index.html')
  const report = page === undefined ? '' : ` · [the whole report](${url(page)})`
  return `## ${MARKS[status]} Notebooks: ${status}\n\n${facts.join(' · ')} · \`${code(run)}\`${report}\n`
}

/** One notebook: how it ended, its figures and its picture. */
export function notebookBlock(entry: NotebookEntry, links: RunLinks): string {
  const { title, status, seconds, cells, images, error, inFlight, path, thumbnail, file } = entry
  const page = links.page(`${path}/index.html`)
  const name = page === undefined ? text(title) : `[${text(title)}](${url(page)})`
  const pictures = images > 0 ? `, ${counted(images, 'picture')}` : ''
  const figures = `${formatSeconds(seconds)}, ${counted(cells, 'cell')}${pictures}`
  const picture = thumbnail === undefined ? undefined : links.picture(thumbnail)
  return [
    `### ${MARKS[status]} ${name}\n`,
    `\`${code(file)}\` · ${status} · ${figures}\n`,
    ...(error === undefined ? [] : [`\n${fence(error.slice(0, 2000))}\n`]),
    ...(inFlight === undefined ? [] : [`\nIt was at work on “${text(inFlight)}”.\n`]),
    ...(picture === undefined ? [] : [`\n<img src="${attribute(picture)}" alt="${attribute(title)}" width="360">\n`]),
  ].join('')
}

/** What could not be made or sent, and how to have the run again. */
export function tailBlock({ problems = [], command }: RunRecord): string {
  const notes = problems.map((problem) => `> ${text(problem)}\n`).join('>\n')
  return `${notes === '' ? '' : `${notes}\n`}<details><summary>Run it again</summary>\n\n${fence(command.slice(0, 4000))}\n\n</details>\n`
}

/** Words that Markdown and HTML leave alone. */
function text(words: string): string {
  return (
    words
      .replace(/\s+/g, ' ')
      .slice(0, 300)
      .replace(/[&<>\\`*_{}[\]()#+!|~]/g, (character) => `\\${character}`)
      // nobody is called by a title
      .replace(/@/g, '@\u2060')
  )
}

function code(words: string): string {
  return words.replace(/[`\r\n]/g, ' ').slice(0, 300)
}

function attribute(words: string): string {
  return words.replace(/\s+/g, ' ').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function url(address: string): string {
  return address.replace(/[()\s<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** A block of code whose fence is longer than any in it. */
function fence(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}text\n${words}\n${ticks}`
}
