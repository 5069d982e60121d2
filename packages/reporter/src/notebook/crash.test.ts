import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createRandom } from '../../test/random.ts'
import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import { readJournal } from '../journal/read.ts'
import { renderNotebook } from '../render/notebook.ts'

const WORKER = join(import.meta.dirname, '../../test/endless-notebook.ts')
/** `NOTEBOOK_KILL_ROUNDS=100` for a thorough test. */
const KILLS = Number(process.env['NOTEBOOK_KILL_ROUNDS'] ?? 25)

vi.setConfig({ testTimeout: 60_000 + KILLS * 5000 })

it('loses nothing that a call returned for when its worker is killed at any moment', async () => {
  const random = createRandom(Date.now())
  for (let kill = 0; kill < KILLS; kill++) {
    using killed = await writeAndKill(random.below(300))
    const document = await readJournal(killed.folder, { writerGone: true })
    expect(document.status).toBe('killed')
    const found = saidBy(document)
    expect(killed.said.filter((what) => !found.has(what))).toEqual([])
    const formats = ['html', 'md', ...(kill % 5 === 0 ? (['pdf'] as const) : [])] as const
    const { problems } = await renderNotebook(killed.folder, { formats, writerGone: true })
    expect(problems).toEqual([])
    const called = killed.said.filter((what) => /^(?:prose|picture|code)/.test(what))
    for (const name of ['index.html', 'report.md']) {
      const text = readFileSync(join(killed.folder, name), 'utf8').replace(/<[^>]+>/g, '')
      expect(called.filter((what) => !text.includes(what))).toEqual([])
    }
  }
})

it('keeps what is there and says what to do when nothing more can be written', async () => {
  const root = mkdtempSync(join(tmpdir(), 'full-'))
  try {
    const folder = join(root, 'notebook')
    // No file may get larger than 64 blocks: to a writer as good as a full disk.
    const limited = ['-c', 'ulimit -f 64; exec "$@" 3>/dev/null', 'sh', process.execPath, WORKER, folder, root]
    const worker = spawn('sh', limited, { stdio: ['ignore', 'ignore', 'pipe'] })
    const [output] = await Promise.all([readAll(worker.stderr), once(worker, 'close')])
    expect(output).toMatch(
      /NotebookError: The journal \S+ could not be written: EFBIG.*What it held before is kept\. Make room/,
    )
    const document = await readJournal(folder, { writerGone: true })
    expect(document.cells.length).toBeGreaterThan(50)
    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).toMatch(/\}\n$/)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

/** Lets a worker write for a while after its first word, and kills it. */
async function writeAndKill(ms: number): Promise<{ folder: string; said: string[] } & Disposable> {
  const root = mkdtempSync(join(tmpdir(), 'crash-'))
  const folder = join(root, 'notebook')
  const worker = spawn(process.execPath, [WORKER, folder, root], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] })
  const closed = once(worker, 'close')
  let text = ''
  const words = worker.stdio[3] as Readable
  words.on('data', (data: Buffer) => (text += data.toString()))
  await once(words, 'data')
  await delay(ms)
  worker.kill('SIGKILL')
  await closed
  const said = text.split('\n').slice(0, -1)
  return { folder, said, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

function saidBy({ cells }: NotebookDocument): Set<string> {
  const found = new Set<string>()
  const visit = ({ content, streams, points, end, children }: DocumentCell): void => {
    if (content.kind === 'markdown') found.add(content.source)
    if (content.kind === 'image') found.add(content.alt)
    // a picture's place, when its pixels were still being encoded
    if (content.kind === 'display' && typeof content.data['text/plain'] === 'string')
      found.add(content.data['text/plain'])
    if (content.kind === 'code' && end && content.title !== undefined) found.add(content.title)
    for (const { text } of streams) for (const line of text.split('\n')) found.add(line)
    for (const point of points) found.add(`point ${point['step']}`)
    children.forEach(visit)
  }
  cells.forEach(visit)
  return found
}
