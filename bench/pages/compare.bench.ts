import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { renderComparison } from '../../packages/reporter/src/compare/page.ts'
import { readRuns } from '../../packages/reporter/src/compare/runs.ts'
import type { JournalEvent } from '../../packages/reporter/src/journal/schema.ts'
import { writeWhole } from '../../packages/reporter/src/render/write.ts'
import { TestBrowser } from '../../packages/reporter/test/browser.ts'
import { writeJournal } from '../../packages/reporter/test/sample-journal.ts'
import { SampleNotebook } from '../../packages/reporter/test/sample-notebook.ts'
import { inTurn, type Bench, type Row } from '../measure.ts'
import { secondsToShow } from './seconds-to-show.ts'

const RUNS = 100
const POINTS = 100

const bench: Bench = {
  title: `${RUNS} runs compared`,
  peer: 'plain HTML',
  note: `Each run has 12 parameters, a code cell and a curve of ${POINTS} points; the second page has a picture of 512 × 512 pixels of each run as well. The peer parses the same journals and writes a table of their parameters and the pictures as lazy \`<img>\`. What people may wait for the page to open is 1 s.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  await using browser = await TestBrowser.launch()
  for (const pictures of [false, true]) {
    const dir = await mkdtemp(join(tmpdir(), 'bench-compare-'))
    try {
      const folders: string[] = []
      for (let number = 0; number < RUNS; number += 1)
        folders.push(await writeRun(join(dir, `run-${number}`), number, pictures))
      const [page, plain] = [join(dir, 'comparison.html'), join(dir, 'plain.html')]
      const what = pictures ? ', with pictures' : ''
      const options = pictures ? { runs: 1, warmUp: 0 } : { runs: 3 }
      yield {
        name: `making the page${what}`,
        ...(await inTurn(
          async () => await writeWhole(page, renderComparison(await readRuns(folders, dir))),
          () => writePlain(plain, folders),
          options,
        )),
      }
      yield {
        name: `opening it${what}`,
        ...(await inTurn(
          () => secondsToShow(browser, page),
          () => secondsToShow(browser, plain),
        )),
      }
      yield {
        name: `its size${what}`,
        ours: (await stat(page)).size / 1e6,
        peer: (await stat(plain)).size / 1e6,
        unit: 'MB',
      }
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  }
}

/** @returns the folder of its notebook */
async function writeRun(dir: string, number: number, pictures: boolean): Promise<string> {
  const folder = join(dir, 'dream.experiment.ts/dream')
  const sample = new SampleNotebook(folder)
  const source = `const rate = ${number / 100}\nfor (const step of steps) {\n  paint(step)\n}\n`
  sample.add({ kind: 'code', title: 'Paint', source, language: 'typescript' })
  const points = Array.from({ length: POINTS }, (_, step) => ({ step, loss: 10 / (1 + (step * (number + 1)) / 50) }))
  sample.add({ kind: 'plot', spec: { x: 'step', y: 'loss', title: 'Loss' } }, { points })
  if (pictures)
    sample.add({ kind: 'image', image: await sample.image(512, 512, number / 9, 'jpeg'), alt: 'The canvas' })
  const document = sample.document()
  const values = Object.fromEntries(
    Array.from({ length: 12 }, (_, one) => [`parameter ${one}`, one < 3 ? number + one : one]),
  )
  document.begin.parameters = { values, specs: {} }
  await writeJournal(folder, document)
  return dir
}

async function writePlain(page: string, folders: readonly string[]): Promise<void> {
  const rows: string[] = []
  for (const folder of folders) {
    const notebook = join(folder, 'dream.experiment.ts/dream')
    for await (const line of createInterface(createReadStream(join(notebook, 'journal.jsonl')))) {
      const event = JSON.parse(line) as JournalEvent
      if (event.type === 'begin')
        rows.push(
          `<tr>${Object.values(event.parameters?.values ?? {})
            .map((value) => `<td>${String(value)}</td>`)
            .join('')}</tr>`,
        )
      if (event.type === 'cell' && event.content.kind === 'image') {
        const { path } = event.content.image
        rows.push(
          `<tr><td><img loading="lazy" width="512" height="512" alt="" src="${pathToFileURL(join(notebook, path)).href}"></td></tr>`,
        )
      }
    }
  }
  await writeFile(page, `<!doctype html><meta charset="utf-8"><title>Runs</title><table>${rows.join('\n')}</table>`)
}
