import { parseArgs } from 'node:util'
import type { IndexEntry } from '../archive/index-entry.ts'
import { openStore } from '../archive/open-store.ts'
import { readIndex } from '../archive/runs-index.ts'
import { formatDate, formatSeconds } from '../render/format.ts'
import { UsageError, type Command } from './command.ts'

export const ls: Command = {
  usage: `vitest-notebook ls [folder | s3://bucket/prefix] [--json]

Lists runs, the newest first. The folder is \`reports\`.`,
  async run(args) {
    const { values, positionals } = parse(args)
    const [target = 'reports', ...more] = positionals
    if (more.length > 0) throw new UsageError('Only one archive can be listed.')
    const store = await openStore(target)
    const entries = await readIndex(store)
    if (values.json) console.log(JSON.stringify(entries, null, 2))
    else if (entries.length === 0) console.log(`There is no run in ${store.name}.`)
    else console.log(toTable(entries.map(toRow)))
    return 0
  },
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function toRow({ run, status, startedAt, endedAt, notebooks, usd }: IndexEntry): string[] {
  const titles = notebooks.map(({ title }) => title)
  const shown = titles.length > 3 ? [...titles.slice(0, 3), `and ${titles.length - 3} more`] : titles
  return [
    run,
    status,
    formatDate(startedAt),
    endedAt === undefined ? '' : formatSeconds((endedAt - startedAt) / 1000),
    usd === undefined ? '' : `$${usd.toFixed(2)}`,
    shown.join(', '),
  ]
}

function toTable(rows: string[][]): string {
  const head = ['RUN', 'STATUS', 'STARTED', 'TOOK', 'COST', 'NOTEBOOKS']
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
