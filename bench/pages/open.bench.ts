import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexEntry } from '../../packages/reporter/src/archive/index-entry.ts'
import { renderRunsIndex } from '../../packages/reporter/src/archive/index-page.ts'
import type { NotebookDocument } from '../../packages/reporter/src/journal/document.ts'
import type { ImageRef } from '../../packages/reporter/src/journal/schema.ts'
import { TestBrowser } from '../../packages/reporter/test/browser.ts'
import { readJournal } from '../../packages/reporter/src/journal/read.ts'
import { renderSample } from '../../packages/reporter/test/rendered.ts'
import { SampleNotebook } from '../../packages/reporter/test/sample-notebook.ts'
import { inTurn, type Bench, type Row } from '../measure.ts'
import { secondsToShow } from './seconds-to-show.ts'

const RUNS = 10_000
const PICTURES = 1000
const SIDE = 1024

const bench: Bench = {
  title: 'Pages in Chromium',
  peer: 'plain HTML',
  note: `From the request to the first frame after the load, from disk. The peers show the same words and pictures without any of the page's abilities: a table, and lazy \`<img>\`.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  await using browser = await TestBrowser.launch()
  const folder = await mkdtemp(join(tmpdir(), 'bench-pages-'))
  try {
    const entries = Array.from({ length: RUNS }, (_, number) => toEntry(number))
    const [index, table] = [join(folder, 'index.html'), join(folder, 'table.html')]
    await writeFile(index, await renderRunsIndex(entries))
    await writeFile(table, toTable(entries))
    yield {
      name: `the index of ${RUNS.toLocaleString('en')} runs`,
      ...(await inTurn(
        () => secondsToShow(browser, index),
        () => secondsToShow(browser, table),
      )),
      goal: 1,
    }
    await using notebook = await renderSample(galleryOfPictures)
    const plain = join(notebook.folder, 'plain.html')
    await writeFile(plain, toImages((await readJournal(notebook.folder)).cells[0]!.content as Gallery))
    yield {
      name: `a notebook with ${PICTURES.toLocaleString('en')} pictures of ${SIDE} × ${SIDE}`,
      ...(await inTurn(
        () => secondsToShow(browser, notebook.page),
        () => secondsToShow(browser, plain),
      )),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function toEntry(number: number): IndexEntry {
  const startedAt = Date.UTC(2026, 10, 24) - number * 3_600_000
  const status = number % 4 === 3 ? 'failed' : 'passed'
  const file = `${number % 3 === 0 ? 'dream' : 'texture'}.experiment.ts`
  return {
    run: `2026-11-r${99_999 - number}`,
    status,
    startedAt,
    endedAt: startedAt + 60_000,
    heardAt: startedAt + 60_000,
    command: `vitest run ${file} --param size=${number}`,
    branch: number % 2 === 0 ? 'main' : 'painting/sea',
    notebooks: [{ title: `Picture ${number}`, file, status, images: 1, page: 'a/index.html' }],
  }
}

function toTable(entries: readonly IndexEntry[]): string {
  const rows = entries.map(({ run, status, startedAt, command, branch, notebooks: [first] }) => {
    const cells = [first!.title, status, new Date(startedAt).toISOString(), command, branch]
    return `<tr><td><a href="${run}/index.html">${run}</a></td>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`
  })
  return `<!doctype html><meta charset="utf-8"><title>Runs</title><table>${rows.join('\n')}</table>`
}

interface Gallery {
  items: { image: ImageRef; alt: string }[]
}

async function galleryOfPictures(folder: string): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  const items = []
  for (let index = 0; index < PICTURES; index += 1) {
    items.push({ image: await notebook.image(SIDE, SIDE, index / 10, 'jpeg'), alt: `Step ${index + 1}` })
  }
  notebook.add({ kind: 'gallery', items })
  return notebook.document()
}

function toImages({ items }: Gallery): string {
  const images = items.map(
    ({ image, alt }) => `<img src="${image.path}" width="${SIDE}" height="${SIDE}" loading="lazy" alt="${alt}">`,
  )
  return `<!doctype html><meta charset="utf-8"><title>Pictures</title>${images.join('\n')}`
}
