import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Renderer } from '../packages/reporter/src/render/process/renderer.ts'
import { TestBrowser } from '../packages/reporter/test/browser.ts'
import { renderSample } from '../packages/reporter/test/rendered.ts'
import { inTurn, median, type Bench, type Row } from './measure.ts'
import { peakOf, peakOfChildren } from './memory.ts'
import { longNotebook } from './pdf-notebook.ts'

const CELLS = 200
const PICTURES = 300

const bench: Bench = {
  title: `The PDF of ${CELLS} cells and ${PICTURES} pictures of 1024 × 1024`,
  peer: "Chromium's print",
  note: 'PNG, PNG with alpha, WebP, JPEG and GIF in turn. Ours is written from the journal by a process that is started for it, and its memory is all that this process has (resident). The peer prints our HTML page of the same notebook, tagged and with an outline, in a browser that is started for it; its memory is that of its processes, what they share counted once. What is wanted is at most 15 s and 300 MB.',
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  await using notebook = await renderSample((folder) => longNotebook(folder, CELLS))
  const [ours, peer]: [number[], number[]] = [[], []]
  const seconds = await inTurn(
    async () => void ours.push(await render(notebook.folder)),
    async () => void peer.push(await peakOfChildren(() => print(notebook.page, join(notebook.folder, 'peer.pdf')))),
    { runs: 3 },
  )
  yield { name: 'from the start of a process to the whole file', ...seconds, goal: 1 }
  yield { name: 'peak memory', ours: median(ours), peer: median(peer), unit: 'MB', goal: 1 }
}

/** @returns megabytes */
async function render(folder: string): Promise<number> {
  const renderer = new Renderer()
  try {
    const { problems } = await renderer.render(folder, { formats: ['pdf'] })
    if (problems.length > 0) throw new Error(problems.join('\n'))
    return await peakOf(renderer.pid!)
  } finally {
    renderer.close()
  }
}

async function print(page: string, path: string): Promise<void> {
  await using browser = await TestBrowser.launch()
  const opened = await browser.open(pathToFileURL(page).href)
  await opened.pdf({ path, tagged: true, outline: true, format: 'A4' })
}
