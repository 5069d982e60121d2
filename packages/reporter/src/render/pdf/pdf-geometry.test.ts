import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterAll, expect, it } from 'vitest'
import { createRandom, type Random } from '../../../test/random.ts'
import { mapPages } from '../../../test/pdf-pages.ts'
import { SampleNotebook } from '../../../test/sample-notebook.ts'
import { PAGE } from './paper.ts'

/** `PDF_ROUNDS=500` for a thorough test. */
const REPORTS = Number(process.env['PDF_ROUNDS'] ?? 8)
const folder = mkdtempSync(join(tmpdir(), 'pdf-geometry-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Box {
  left: number
  right: number
  bottom: number
  top: number
}
interface Page {
  /** pieces of text with the point where they begin */
  texts: { text: string; x: number; y: number; right: number }[]
  images: Box[]
}

it(
  'parts no picture, caption, row or heading from what it belongs to, and draws all within the page, in random reports',
  { timeout: 60_000 + REPORTS * 5000 },
  async () => {
    for (let seed = 1; seed <= REPORTS; seed += 1) {
      const { notebook, marks } = await randomNotebook(createRandom(seed))
      const pages = await pagesOf(notebook)
      const where = (mark: string) => pages.findIndex(({ texts }) => texts.some(({ text }) => text.includes(mark)))
      for (const [number, { texts, images }] of pages.entries()) {
        const page = { seed, number }
        const outside = texts.filter(
          ({ x, y, right }) =>
            x < PAGE.left - 1 || right > PAGE.width - PAGE.right + 1 || y < 30 || y > PAGE.height - 30,
        )
        expect({ ...page, outside }).toEqual({ ...page, outside: [] })
        const cut = images.filter(
          ({ left, right, top, bottom }) =>
            left < PAGE.left - 1 ||
            right > PAGE.width - PAGE.right + 1 ||
            bottom < PAGE.bottom - 1 ||
            top > PAGE.height - PAGE.top + 1,
        )
        expect({ ...page, cut }).toEqual({ ...page, cut: [] })
        // pictures and their captions are counted, for a picture has no name in a PDF
        const captions = texts.filter(({ text }) => /^caption-\d+$/.test(text.trim()))
        expect({ ...page, captions: captions.length }).toEqual({ ...page, captions: images.length })
        const foot = Math.min(...texts.map(({ y }) => y).filter((y) => y > PAGE.bottom))
        const last = texts.filter(({ y }) => Math.abs(y - foot) < 1).map(({ text }) => text)
        // an entry of the contents has the number of its page beside it
        const isHeading = last.length === 1 && last[0]!.startsWith('heading-')
        expect({ ...page, isHeading }).toEqual({ ...page, isHeading: false })
      }
      for (const together of marks) {
        const found = together.map(where)
        const [lost, places] = [found.includes(-1), new Set(found).size]
        expect({ seed, together, lost, places }).toEqual({ seed, together, lost: false, places: 1 })
      }
    }
  },
)

it('begins no line with the point after a formula, wherever the line ends', async () => {
  const notebook = new SampleNotebook(folder)
  for (let words = 1; words < 40; words += 1)
    notebook.add({ kind: 'markdown', source: `${'ab '.repeat(words)}is a matter of $r$. Go on with $s$, and then $t$` })
  const texts = (await pagesOf(notebook)).flatMap((page) => page.texts)
  const points = texts.filter(({ text }) => /^[.,]/.test(text))
  expect(points.length).toBeGreaterThan(70)
  expect(points.filter(({ x }) => x < PAGE.left + 2)).toEqual([])
})

/** A report of which some marks have to stand on one page: the cells of a row, the ends of a line of code. */
async function randomNotebook(random: Random): Promise<{ notebook: SampleNotebook; marks: string[][] }> {
  const notebook = new SampleNotebook(folder)
  const marks: string[][] = []
  const words = (count: number) => Array.from({ length: count }, () => random.text('abcdefghijklmnop', 2, 9)).join(' ')
  for (let cell = 0; cell < 18; cell += 1) {
    const kind = random.below(5)
    if (kind === 0) notebook.add({ kind: 'markdown', source: `## heading-${cell}\n\n${words(20 + random.below(150))}` })
    if (kind === 1) notebook.add({ kind: 'markdown', source: words(10 + random.below(200)) })
    if (kind === 2) {
      const image = await notebook.image(100 + random.below(900), 100 + random.below(1400), random.below(9), 'jpeg')
      notebook.add({ kind: 'image', image, alt: `picture ${cell}`, caption: `caption-${cell}` })
    }
    if (kind === 3) {
      const lines = Array.from({ length: 3 + random.below(60) }, (_, line) => {
        marks.push([`b${cell}x${line}q`, `e${cell}x${line}q`])
        return `b${cell}x${line}q(${words(random.below(9)).replaceAll(' ', ', ')}).e${cell}x${line}q()`
      })
      notebook.add(
        { kind: 'code', title: `cell ${cell}`, source: lines.join('\n'), language: 'typescript' },
        { end: { seconds: 1 } },
      )
    }
    if (kind === 4) {
      const rows = Array.from({ length: 2 + random.below(50) }, (_, row) => {
        marks.push([`l${cell}x${row}q`, `r${cell}x${row}q`])
        return [`l${cell}x${row}q`, words(random.below(14)), `r${cell}x${row}q`]
      })
      const columns = ['left', 'words', 'right'].map((name) => ({ name, type: 'string' as const }))
      notebook.add({ kind: 'table', columns, rows, caption: `table ${cell}`, statistics: false })
    }
  }
  return { notebook, marks }
}

async function pagesOf(notebook: SampleNotebook): Promise<Page[]> {
  return await mapPages(notebook.document(), folder, async (page) => {
    const { items } = await page.getTextContent({ disableNormalization: true })
    const texts = items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return []
      const [, , , , x = 0, y = 0] = item.transform as number[]
      return [{ text: item.str, x, y, right: x + item.width }]
    })
    return { texts, images: imagesOf(await page.getOperatorList()) }
  })
}

type Matrix = [number, number, number, number, number, number]

/** Where pictures are drawn: each is the unit square under the matrix of its time. */
function imagesOf({ fnArray, argsArray }: { fnArray: number[]; argsArray: unknown[] }): Box[] {
  const found: Box[] = []
  let matrix: Matrix = [1, 0, 0, 1, 0, 0]
  const saved: Matrix[] = []
  for (const [index, operator] of fnArray.entries()) {
    if (operator === OPS.save) saved.push(matrix)
    if (operator === OPS.restore) matrix = saved.pop() ?? matrix
    if (operator === OPS.transform) matrix = times(matrix, argsArray[index] as Matrix)
    if (operator === OPS.paintImageXObject) {
      const [a, b, c, d, e, f] = matrix
      const [xs, ys] = [
        [e, e + a, e + c, e + a + c],
        [f, f + b, f + d, f + b + d],
      ]
      found.push({ left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) })
    }
  }
  return found
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}
