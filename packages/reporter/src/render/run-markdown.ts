import type { NotebookEntry, RunRecord } from '../run/record.ts'
import { assetHref } from './asset.ts'
import { formatDate, formatSeconds } from './format.ts'
import { FORMAT_FILES } from './formats.ts'
import { emphasis, fence, heading, link, paragraph, strong, table, writeMarkdown } from './markdown/nodes.ts'
import { STATUS_WORDS } from './status.ts'

/**
 * A run on one page for programs that read and for terminals: how each notebook ended and where all of it is. Failures come
 * with their errors, so that nobody has to open a notebook to know what broke.
 */
export function renderRunMarkdown(record: RunRecord): string {
  const { run, status, startedAt, endedAt, command, commit, branch, notebooks, problems = [] } = record
  const took = endedAt === undefined ? undefined : formatSeconds((endedAt - startedAt) / 1000)
  const source = [commit, branch && `on ${branch}`, record.dirty && 'with changes'].filter(Boolean).join(' ')
  const facts = [formatDate(startedAt), took, source].filter((fact) => fact !== undefined && fact !== '')
  const failed = notebooks.filter(({ error, inFlight }) => error !== undefined || inFlight !== undefined)
  return writeMarkdown([
    heading(1, `Run ${run}`),
    paragraph(strong(STATUS_WORDS[status]), ` · ${facts.join(' · ')}`),
    table([['notebook', 'status', 'took', 'cells', 'pictures', 'events'], ...notebooks.map(rowOf)]),
    ...failed.flatMap(({ title, error, inFlight }) => [
      heading(2, title),
      ...(inFlight === undefined ? [] : [paragraph('It was at work on ', emphasis(inFlight), '.')]),
      ...(error === undefined ? [] : [fence(error, 'text')]),
    ]),
    ...problems.map((problem) => paragraph(problem)),
    paragraph('Run it again:'),
    fence(command, 'sh'),
  ])
}

function rowOf({
  path,
  title,
  status,
  seconds,
  cells,
  images,
  files = {},
}: NotebookEntry): Parameters<typeof table>[0][0] {
  const report = [FORMAT_FILES.md, FORMAT_FILES.html].find((file) => Object.values(files).includes(file))
  return [
    report === undefined ? title : link(assetHref({ path: `${path}/${report}` }), title),
    STATUS_WORDS[status],
    formatSeconds(seconds),
    String(cells),
    String(images),
    link(assetHref({ path: `${path}/journal.jsonl` }), 'journal.jsonl'),
  ]
}
