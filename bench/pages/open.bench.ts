import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { IndexEntry } from '../../packages/reporter/src/archive/index-entry.ts'
import { renderRunsIndex } from '../../packages/reporter/src/archive/index-page.ts'
import type { NotebookDocument } from '../../packages/reporter/src/journal/document.ts'
import type { ImageRef } from '../../packages/reporter/src/journal/schema.ts'
import { TestBrowser } from '../../packages/reporter/test/browser.ts'
import { readJournal } from '../../packages/reporter/src/journal/read.ts'
import { renderSample } from '../../packages/reporter/test/rendered.ts'
import { SampleNotebook } from '../../packages/reporter/test/sample-notebook.ts'
import { inTurn, type Bench, type Row } from '../measure.ts'
import { secondsToPaint, secondsToShow } from './seconds-to-show.ts'

const RUNS = 10_000
const PICTURES = 1000
/** In one file: what is wanted is at most 60 MB. */
const HELD = 300
const SIDE = 1024
/** Pictures are drawn at this size and enlarged, so that they pack as photographs do. */
const DRAWN = 320

const bench: Bench = {
  title: 'Pages in Chromium',
  peer: 'plain HTML',
  note: `From the request to the first frame after the load, from disk. The peers show the same words and pictures without any of the page's abilities: a table, and lazy \`<img>\`, in a file of its own those with \`data:\`. What is wanted is at most 0.5 s, and 0.3 s for the first words.`,
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
    yield* foldered(browser)
    yield* held(browser)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// A page beside its pictures.
async function* foldered(browser: TestBrowser): AsyncIterable<Row> {
  await using notebook = await renderSample((folder) => galleryOfPictures(folder, PICTURES))
  const plain = join(notebook.folder, 'plain.html')
  await writeFile(
    plain,
    toImages(await galleryIn(notebook.folder), ({ path }) => path),
  )
  const what = `a notebook with ${PICTURES.toLocaleString('en')} pictures of ${SIDE} × ${SIDE}`
  yield { name: what, ...(await both(browser, secondsToShow, notebook.page, plain)) }
  yield { name: `${what}, its first words`, ...(await both(browser, secondsToPaint, notebook.page, plain)) }
}

// A page that holds its pictures.
async function* held(browser: TestBrowser): AsyncIterable<Row> {
  await using notebook = await renderSample((folder) => galleryOfPictures(folder, HELD), { singleFile: true })
  const plain = join(notebook.folder, 'plain.html')
  const data = ({ path }: ImageRef) =>
    `data:image/jpeg;base64,${readFileSync(join(notebook.folder, path)).toString('base64')}`
  await writeFile(plain, toImages(await galleryIn(notebook.folder), data))
  const what = `a single file with ${HELD} of them`
  yield { name: what, ...(await both(browser, secondsToShow, notebook.page, plain)) }
  yield { name: `${what}, its first words`, ...(await both(browser, secondsToPaint, notebook.page, plain)) }
  const megabytes = async (path: string) => (await stat(path)).size / 1e6
  yield { name: `${what}, its size`, ours: await megabytes(notebook.page), peer: await megabytes(plain), unit: 'MB' }
}

async function both(
  browser: TestBrowser,
  seconds: (browser: TestBrowser, path: string) => Promise<number>,
  ours: string,
  peer: string,
): Promise<{ ours: number; peer: number }> {
  return await inTurn(
    () => seconds(browser, ours),
    () => seconds(browser, peer),
  )
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

async function galleryOfPictures(folder: string, count: number): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  const items = []
  for (let index = 0; index < count; index += 1) {
    const noise = { type: 'gaussian' as const, mean: 60 + (index % 100), sigma: 12 }
    const drawn = sharp({ create: { width: DRAWN, height: DRAWN, channels: 3, background: 'gray', noise } })
    const jpeg = Buffer.concat([await drawn.resize(SIDE).jpeg({ quality: 88 }).toBuffer(), Buffer.from(`#${index}`)])
    const asset = await notebook.asset(jpeg, 'jpeg', 'image/jpeg')
    items.push({ image: { ...asset, width: SIDE, height: SIDE }, alt: `Step ${index + 1}` })
  }
  notebook.add({ kind: 'gallery', items })
  return notebook.document()
}

async function galleryIn(folder: string): Promise<Gallery> {
  return (await readJournal(folder)).cells[0]!.content as Gallery
}

function toImages({ items }: Gallery, source: (image: ImageRef) => string): string {
  const images = items.map(
    ({ image, alt }) => `<img src="${source(image)}" width="${SIDE}" height="${SIDE}" loading="lazy" alt="${alt}">`,
  )
  return `<!doctype html><meta charset="utf-8"><title>Pictures</title>${images.join('\n')}`
}
