import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Pixels } from '../packages/reporter/src/notebook/picture.ts'
import { shareSession, WrittenNotebook } from '../packages/reporter/src/notebook/notebook.ts'
import { Session } from '../packages/reporter/src/notebook/session.ts'
import { pattern } from '../packages/reporter/test/pattern.ts'
import { SampleNotebook } from '../packages/reporter/test/sample-notebook.ts'
import { inTurn, median, type Bench, type Row } from './measure.ts'

const TEXTS = 5000
const PICTURES = 15
const SIDE = 1024

const bench: Bench = {
  title: 'What an experiment waits for when it writes to its notebook',
  peer: 'by hand',
  note: `Until the call returns. By hand is \`fs.appendFileSync\` of the same text, and \`await sharp(pixels).png().toFile()\` of the same picture of ${SIDE} × ${SIDE} pixels; the notebook takes a copy of the pixels and encodes it while the experiment goes on. What is wanted is at most 50 µs and 2 ms.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-logging-'))
  let count = 0
  const open = () => openNotebook(join(folder, String((count += 1))))
  try {
    const text = 'Dreaming of **earth**, step after step. '.repeat(5)
    const ours = async () => {
      await using opened = open()
      const start = performance.now()
      for (let index = 0; index < TEXTS; index += 1) opened.notebook.md(text)
      return ((performance.now() - start) / TEXTS) * 1000
    }
    const peer = async () => {
      const file = join(folder, `${(count += 1)}.md`)
      const start = performance.now()
      for (let index = 0; index < TEXTS; index += 1) appendFileSync(file, text)
      return ((performance.now() - start) / TEXTS) * 1000
    }
    yield { name: 'a paragraph', ...(await inTurn(ours, peer)), unit: 'µs', goal: 2 }

    const data = pattern(SIDE, SIDE, 3, 1)
    const pixels: Pixels = { data, width: SIDE, height: SIDE, channels: 3 }
    const handOver = async () => {
      await using opened = open()
      const times: number[] = []
      for (let index = 0; index < PICTURES; index += 1) {
        data[index] = index // another picture each time
        const start = performance.now()
        opened.notebook.image(pixels, { alt: 'the canvas' })
        times.push(performance.now() - start)
        await opened.session.settle()
      }
      return median(times)
    }
    const save = async () => {
      const times: number[] = []
      for (let index = 0; index < PICTURES; index += 1) {
        data[index] = index
        const start = performance.now()
        await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
          .png()
          .toFile(join(folder, `${(count += 1)}.png`))
        times.push(performance.now() - start)
      }
      return median(times)
    }
    yield { name: 'a picture', ...(await inTurn(handOver, save)), unit: 'ms', goal: 0.1 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function openNotebook(folder: string): { notebook: WrittenNotebook; session: Session } & AsyncDisposable {
  const session = new Session({
    folder,
    begin: new SampleNotebook(folder).document().begin,
    secrets: { texts: ['a-secret-of-somebody'], patterns: [] },
    signal: new AbortController().signal,
    baseDir: folder,
    sourceRoot: folder,
    interactive: false,
    answers: [],
    earlier: [],
  })
  return {
    session,
    notebook: new WrittenNotebook(shareSession(session)),
    async [Symbol.asyncDispose]() {
      await session.settle()
      session.finish('passed', [])
      await session.dispose()
    },
  }
}
