import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JournalWriter } from '../packages/reporter/src/journal/append.ts'
import type { JournalEventBody } from '../packages/reporter/src/journal/schema.ts'
import { inTurn, type Bench, type Row } from './measure.ts'

const EVENTS = 10_000

const bench: Bench = {
  title: 'Writing an event of a notebook to the disk',
  peer: 'fs.appendFileSync',
  note: 'Per event, on the disk of the temporary folder. The second row compares the last thousand events of a long notebook with its first thousand: what an event costs must not depend on those before it.',
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-journal-'))
  const event: JournalEventBody = {
    type: 'cell',
    cell: 'c1',
    content: { kind: 'markdown', source: 'Dreaming of **earth**, step after step. '.repeat(5) },
  }
  let count = 0
  try {
    const ours = async () => {
      const writer = new JournalWriter(join(folder, String((count += 1))))
      const start = performance.now()
      for (let index = 0; index < EVENTS; index += 1) writer.append(event)
      writer.close()
      return perEvent(start, EVENTS)
    }
    const peer = async () => {
      const file = join(folder, `${(count += 1)}.jsonl`)
      const start = performance.now()
      for (let index = 0; index < EVENTS; index += 1)
        appendFileSync(file, `${JSON.stringify({ seq: index, at: 0, ...event })}\n`)
      return perEvent(start, EVENTS)
    }
    yield { name: 'an event', ...(await inTurn(ours, peer)), unit: 'µs', goal: 1 }

    const writer = new JournalWriter(join(folder, 'long'))
    const thousand = async () => {
      const start = performance.now()
      for (let index = 0; index < 1000; index += 1) writer.append(event)
      return perEvent(start, 1000)
    }
    await thousand()
    const first = await thousand()
    for (let index = 0; index < EVENTS * 10; index += 1) writer.append(event)
    yield {
      name: 'an event after 100,000 others (peer: after 1,000)',
      ours: await thousand(),
      peer: first,
      unit: 'µs',
      goal: 1.2,
    }
    writer.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function perEvent(start: number, events: number): number {
  return ((performance.now() - start) / events) * 1000
}
