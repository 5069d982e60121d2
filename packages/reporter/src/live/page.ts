import { Readable } from 'node:stream'
import { FORMAT_FILES, FORMAT_LABELS } from '../render/formats.ts'
import { renderHtml } from '../render/html/page.ts'
import { renderRunPage } from '../render/run-page.ts'
import type { RunRecord } from '../run/record.ts'
import type { NotebookFeed } from './notebook-feed.ts'

/** Written when somebody asks for them: see `missing.ts`. */
const ON_DEMAND = Object.fromEntries(
  (['pdf', 'md', 'ipynb', 'zip'] as const).map((format) => [FORMAT_LABELS[format], FORMAT_FILES[format]]),
)

/**
 * The page of a notebook as it stands; its script asks the server for what comes after.
 *
 * @param path of the notebook in its run
 */
export function renderLiveNotebook({ document, folder }: NotebookFeed, path: string): ReadableStream<Uint8Array> {
  if (!document) throw new TypeError(`The notebook in ${folder} has no event yet`)
  const up = { href: '../'.repeat(path.split('/').length), label: 'Run' }
  const pieces = renderHtml(document, { folder, files: ON_DEMAND, up, live: { scripts: ['-/notebook.js'] } })
  return Readable.toWeb(Readable.from(encoded(pieces))) as ReadableStream<Uint8Array>
}

export function renderLiveRun(record: RunRecord, seq: number): string {
  return renderRunPage(record, { up: { href: '../', label: 'All runs' }, live: { scripts: ['-/run.js'], seq } })
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield encoder.encode(piece)
}
