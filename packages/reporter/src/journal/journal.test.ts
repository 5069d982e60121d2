import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalWriter } from './append.ts'
import { addAsset, writeAsset } from './assets.ts'
import { followJournal } from './follow.ts'
import { foldEvents } from './fold.ts'
import { readJournal } from './read.ts'
import type { BeginEvent } from './schema.ts'
import { JournalTail } from './tail.ts'

const BEGIN: BeginEvent = {
  type: 'begin',
  version: 1,
  id: 'n1',
  title: 'Dream',
  file: 'dream.experiment.ts',
  test: ['Dream'],
  project: '',
  run: 'r1',
  attempt: 1,
  provenance: {},
}
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function openJournal(): JournalWriter {
  const journal = new JournalWriter(folder)
  journal.append(BEGIN, 1000)
  return journal
}

describe('a journal', () => {
  it('gives back the cells in the order of the calls, nested where they were written', async () => {
    const journal = openJournal()
    journal.append({ type: 'cell', cell: 'c1', content: { kind: 'code', source: 'run()', language: 'typescript' } })
    journal.append({ type: 'cell', cell: 'c2', parent: 'c1', content: { kind: 'markdown', source: 'inside' } })
    journal.append({ type: 'stream', cell: 'c1', name: 'stdout', text: 'one ' })
    journal.append({ type: 'stream', cell: 'c1', name: 'stdout', text: 'two' })
    journal.append({ type: 'end', cell: 'c1', seconds: 1.5, value: { 'text/plain': '3' } })
    journal.append({ type: 'cell', cell: 'c3', content: { kind: 'markdown', source: 'after' } })
    journal.append({ type: 'meta', values: { network: 'small' } })
    journal.append({ type: 'finish', status: 'passed', seconds: 2, errors: [] })
    const document = await readJournal(folder)
    expect(document).toMatchObject({
      status: 'passed',
      seconds: 2,
      startedAt: 1000,
      meta: { network: 'small' },
      lastSeq: 9,
    })
    expect(document.cells.map(({ id, children }) => [id, children.map((child) => child.id)])).toEqual([
      ['c1', ['c2']],
      ['c3', []],
    ])
    expect(document.cells[0]).toMatchObject({
      streams: [{ name: 'stdout', text: 'one two' }],
      end: { seconds: 1.5, value: { 'text/plain': '3' } },
    })
  })

  it('is read up to a line that was cut by the death of its writer', async () => {
    openJournal().append({ type: 'cell', cell: 'c1', content: { kind: 'markdown', source: 'whole' } })
    await appendFile(join(folder, 'journal.jsonl'), '{"seq":3,"at":1,"type":"cell","cell":"c2","con')
    const document = await readJournal(folder, { writerGone: true })
    expect(document.status).toBe('killed')
    expect(document.cells.map(({ content }) => content)).toEqual([{ kind: 'markdown', source: 'whole' }])
  })

  it('names the line that is damaged', async () => {
    openJournal()
    await appendFile(join(folder, 'journal.jsonl'), 'nonsense\n{"seq":2,"at":1,"type":"meta","values":{}}\n')
    await expect(readJournal(folder)).rejects.toThrow(/Line 2 of the journal .*journal\.jsonl is no JSON/)
  })

  it('refuses a journal of a later version with a sentence', async () => {
    await writeFile(join(folder, 'journal.jsonl'), `${JSON.stringify({ seq: 1, at: 1, ...BEGIN, version: 99 })}\n`)
    await expect(readJournal(folder)).rejects.toThrow(/has version 99; this package reads up to 1/)
  })

  it('says where no notebook is', async () => {
    await expect(readJournal(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'NOTEBOOK_READ' })
  })

  it('writes nothing more after it was closed', async () => {
    const journal = openJournal()
    journal.close()
    journal.append({ type: 'meta', values: { late: true } })
    expect((await readFile(join(folder, 'journal.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1)
  })
})

describe('a tail', () => {
  it('gives each event once, however the bytes arrive', async () => {
    const [source, target] = [join(folder, 'journal.jsonl'), join(folder, 'copy')]
    const journal = openJournal()
    for (let count = 0; count < 50; count++) {
      journal.append({
        type: 'cell',
        cell: `c${count}`,
        content: { kind: 'markdown', source: `日本 ${'x'.repeat(count)}` },
      })
    }
    const bytes = await readFile(source)
    const tail = new JournalTail(target)
    const seen: number[] = []
    writeAsset(target, '', 'txt', 'text/plain')
    for (let at = 0; at < bytes.length; at += 37) {
      await appendFile(join(target, 'journal.jsonl'), bytes.subarray(at, at + 37))
      seen.push(...tail.read().map(({ seq }) => seq))
    }
    expect(seen).toEqual(Array.from({ length: 51 }, (_, index) => index + 1))
  })
})

describe('following a journal', () => {
  it('waits for one that is not there yet, and ends with its end', async () => {
    const later = join(folder, 'later')
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of followJournal(later)) seen.push(event.type)
    })()
    const journal = new JournalWriter(later)
    journal.append(BEGIN)
    await new Promise((resolve) => setTimeout(resolve, 20))
    journal.append({ type: 'meta', values: {} })
    journal.append({ type: 'finish', status: 'failed', seconds: 1, errors: [] })
    await reading
    expect(seen).toEqual(['begin', 'meta', 'finish'])
  })

  it('resumes after the event that a reader saw last', async () => {
    const journal = openJournal()
    journal.append({ type: 'meta', values: { a: 1 } })
    journal.append({ type: 'finish', status: 'passed', seconds: 1, errors: [] })
    const seen = []
    for await (const { seq } of followJournal(folder, { after: 1 })) seen.push(seq)
    expect(seen).toEqual([2, 3])
  })

  it('ends when it is told to', async () => {
    openJournal()
    const controller = new AbortController()
    const seen = []
    for await (const { seq } of followJournal(folder, { signal: controller.signal })) {
      seen.push(seq)
      setTimeout(() => controller.abort(), 5)
    }
    expect(seen).toEqual([1])
  })
})

describe('an asset', () => {
  it('is named by its content and written once', async () => {
    const one = writeAsset(folder, 'same', 'txt', 'text/plain')
    const two = writeAsset(folder, Buffer.from('same'), 'txt', 'text/plain')
    expect(two).toEqual(one)
    expect(one.path).toMatch(/^assets\/[0-9a-f]{64}\.txt$/)
    expect(await readFile(join(folder, one.path), 'utf8')).toBe('same')
  })

  it('may be taken from a file without reading it into memory', async () => {
    const file = join(folder, 'large.bin')
    await writeFile(file, Buffer.alloc(100_000, 7))
    const copied = await addAsset(folder, file, 'bin', 'application/octet-stream')
    const moved = await addAsset(folder, file, 'bin', 'application/octet-stream', { move: true })
    expect(moved).toEqual(copied)
    expect((await readFile(join(folder, moved.path))).length).toBe(100_000)
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })
})

describe('folding', () => {
  it('skips events that were applied before', () => {
    const events = [
      { seq: 1, at: 1, ...BEGIN },
      { seq: 2, at: 2, type: 'cell', cell: 'c1', content: { kind: 'markdown', source: 'once' } },
    ] as const
    expect(foldEvents([...events, ...events.slice(1)]).cells).toHaveLength(1)
  })
})
