import sharp from 'sharp'
import type { NotebookDocument } from '../packages/reporter/src/journal/document.ts'
import type { ImageRef } from '../packages/reporter/src/journal/schema.ts'
import { pattern } from '../packages/reporter/test/pattern.ts'
import { SampleNotebook } from '../packages/reporter/test/sample-notebook.ts'

/** How pictures come: `alpha` is a PNG with transparency. */
const FORMATS = ['png', 'webp', 'jpeg', 'alpha', 'gif', 'png'] as const
const SIDE = 1024
/** Pictures are drawn at this size and enlarged: drawing them is not what is measured. */
const DRAWN = 128

/** Prose and code in turn, each with one or two pictures after it: 200 cells have 300. */
export async function longNotebook(folder: string, cells: number): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  let pictures = 0
  for (let cell = 0; cell < cells; cell += 1) {
    if (cell % 2 === 0) notebook.add({ kind: 'markdown', source: proseOf(cell) })
    else addCode(notebook, cell)
    for (let more = 0; more <= cell % 2; more += 1) {
      pictures += 1
      const image = await pictureOf(notebook, pictures)
      notebook.add({ kind: 'image', image, alt: `Step ${pictures} of the dream`, caption: `step ${pictures}` })
    }
  }
  return notebook.document()
}

function proseOf(part: number): string {
  const sentence = `At step ${part} the *gradient* of a layer says how the picture has to change, and **all** of it follows. `
  return `## Part ${part}\n\n${sentence.repeat(7)}`
}

function addCode(notebook: SampleNotebook, step: number): void {
  const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, one) => line(one))
  const source = lines(
    20,
    (line) => `const loss${line} = await evaluate(pixels, { step: ${step}, jitter: 32 }) // as there`,
  )
  const text = lines(10, (line) => `step ${step}.${line} loss ${Math.exp(-step / 40 - line / 10).toFixed(6)}`)
  notebook.add(
    { kind: 'code', title: `Step ${step}`, source: source.join('\n'), language: 'typescript' },
    { streams: [{ name: 'stdout', text: text.join('\n') }], end: { seconds: 1.2 } },
  )
}

async function pictureOf(notebook: SampleNotebook, number: number): Promise<ImageRef> {
  const format = FORMATS[number % FORMATS.length]!
  const channels = format === 'alpha' ? 4 : 3
  const raw = { width: DRAWN, height: DRAWN, channels } as const
  const drawn = sharp(pattern(DRAWN, DRAWN, channels, number * 0.37), { raw }).resize(SIDE, SIDE)
  const type = format === 'alpha' ? 'png' : format
  const asset = await notebook.asset(await drawn.toFormat(type).toBuffer(), type, `image/${type}`)
  return { ...asset, width: SIDE, height: SIDE }
}
