import { cp, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { toIndexEntry } from '../../packages/reporter/src/archive/index-entry.ts'
import { renderRunsIndex } from '../../packages/reporter/src/archive/index-page.ts'
import { renderComparison } from '../../packages/reporter/src/compare/page.ts'
import { readRuns } from '../../packages/reporter/src/compare/runs.ts'
import { JournalWriter } from '../../packages/reporter/src/journal/append.ts'
import type { NotebookDocument } from '../../packages/reporter/src/journal/document.ts'
import type { CellContent } from '../../packages/reporter/src/journal/schema.ts'
import { readJournal } from '../../packages/reporter/src/journal/read.ts'
import { startLiveServer, type LiveServer } from '../../packages/reporter/src/live/server.ts'
import { writeWhole } from '../../packages/reporter/src/render/write.ts'
import type { RunRecord } from '../../packages/reporter/src/run/record.ts'
import { writeJournal } from '../../packages/reporter/test/sample-journal.ts'

const HOUR = 3_600_000
const EARLIER = '2026-11-23T09-12-44Z-p0q1'

/** The page of all runs, beside the folder of one run whose pictures it shows. */
export async function writeRunsPage(page: string, record: RunRecord): Promise<void> {
  const { notebooks } = record
  const runs = (['failed', 'passed', 'passed', 'running'] as const).map((status, number) => {
    const shown = notebooks.slice(0, [4, 3, 1, 2][number])
    const startedAt = record.startedAt - number * 7 * HOUR
    const { endedAt: _, ...begun } = record
    const entry = toIndexEntry(
      { ...begun, status, startedAt, ...(status !== 'running' && { endedAt: startedAt + 90_000 * (number + 1) }) },
      Date.now(),
    )
    // `run` is the folder that pictures are looked for in
    return { ...entry, run: '.', notebooks: entry.notebooks.slice(0, shown.length).map((one) => ({ ...one, status })) }
  })
  await writeWhole(page, [await renderRunsIndex(runs)])
}

/** The comparison of a painting with one of other parameters. */
export async function writeComparison(page: string, folder: string): Promise<void> {
  const document = await readJournal(folder)
  const runs = join(folder, 'compared')
  const [before, after] = [EARLIER, document.begin.run].map((run) => join(runs, run)) as [string, string]
  for (const run of [before, after]) await cp(join(folder, 'assets'), join(run, 'painting/assets'), { recursive: true })
  await writeJournal(join(before, 'painting'), earlierOf(document))
  await writeJournal(join(after, 'painting'), document)
  await writeWhole(page, renderComparison(await readRuns([before, after], runs)))
}

/** With narrower medians: each picture is the one before. */
function earlierOf(document: NotebookDocument): NotebookDocument {
  const narrow = document.cells.map(({ content }) => content).find((one) => one.kind === 'gallery')!.items[1]!.image
  const cells = document.cells.map((cell) => {
    const { content, points } = cell
    if (content.kind === 'gallery') {
      const items = content.items.map((item, index) => ({
        ...item,
        image: content.items[Math.max(0, index - 1)]!.image,
      }))
      return { ...cell, content: { ...content, items: items.slice(3, 5) } }
    }
    if (content.kind === 'compare') return { ...cell, content: { ...content, after: narrow } }
    if (content.kind === 'code')
      return {
        ...cell,
        content: { ...content, source: content.source.replace('median(radius)', 'median(radius - 2)') },
      }
    const lower = points.map(({ radius = 0, ...others }) => ({
      radius,
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value * 0.85])),
    }))
    return { ...cell, points: lower }
  })
  const { begin } = document
  const parameters = { values: { ...begin.parameters?.values, radii: '1, 3, 5, 7, 9, 11, 13' }, specs: {} }
  return { ...document, cells, begin: { ...begin, run: EARLIER, parameters } }
}

/** A server that shows the painting while it asks something. */
export async function startAsking(folder: string): Promise<{ server: LiveServer; path: string }> {
  const { begin, cells } = await readJournal(folder)
  const [run, path] = [begin.run, 'painting']
  const dir = join(folder, 'live')
  const notebook = join(dir, run, path)
  await mkdir(dir, { recursive: true })
  await cp(join(folder, 'assets'), join(notebook, 'assets'), { recursive: true })
  await rename(join(notebook, 'assets'), join(notebook, 'kept'))
  const journal = new JournalWriter(notebook)
  await rename(join(notebook, 'kept'), join(notebook, 'assets'))
  journal.append(begin)
  const photograph = cells.map(({ content }) => content).find((one) => one.kind === 'compare')!.before
  const asks: CellContent = {
    kind: 'question',
    title: 'How shall it go on?',
    timeoutMs: 10 * 60_000,
    fields: {
      radius: { type: 'choice', default: '9', options: ['5', '9', '15'], label: 'Radius of the median' },
      keep: { type: 'boolean', default: true, label: 'Keep the edges of the roof' },
      sky: { type: 'mask', image: photograph, label: 'What stays a photograph' },
    },
  }
  journal.append({
    type: 'cell',
    cell: 'c1',
    content: { kind: 'markdown', source: 'Painting **pagoda.jpg**, radius by radius.' },
  })
  journal.append({ type: 'cell', cell: 'c2', content: { kind: 'progress', label: 'Radii', value: 4, total: 7 } })
  journal.append({ type: 'cell', cell: 'c3', content: asks })
  journal.close()
  return { server: await startLiveServer({ dir, run }), path }
}
