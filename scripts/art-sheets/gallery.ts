/**
 * `npm run art-sheets:gallery [-- FOLDER]`: writes `docs/art/gallery.jpg` from the newest report of each experiment of the gallery below a
 * folder of reports, `reports` by default.
 */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

const ROOT = join(import.meta.dirname, '../..')
const ROWS = [
  ['kaleidoscope', 'masked-style', 'color-transfer'],
  ['big-texture', 'stereogram'],
  ['two-style-sweep'],
  ['animated-transfer'],
  ['layer-survey'],
]
const SHOWN = ['image', 'compare', 'gallery']
/** Pixels. */
const WIDTH = 1200
const GAP = 8

const reports = process.argv[2] ?? join(ROOT, 'reports')
const rows = await Promise.all(ROWS.map((names) => toRow(names.flatMap(resultsOf))))
const height = rows.reduce((sum, row) => sum + row.height + GAP, GAP)
let top = GAP
const placed = rows.map((row) => {
  const at = { input: row.pixels, left: GAP, top }
  top += row.height + GAP
  return at
})
const sheet = sharp({ create: { width: WIDTH + 2 * GAP, height, channels: 3, background: '#fff' } }).composite(placed)
writeFileSync(join(ROOT, 'docs/art/gallery.jpg'), await sheet.jpeg({ quality: 88 }).toBuffer())

/** The files of the pictures in the last cell that has some, of an experiment's newest report. */
function resultsOf(name: string): string[] {
  const journals = globSync(join(reports, `**/gallery/${name}.experiment.ts/*/journal.jsonl`))
  const newest = journals.toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs).at(-1)
  if (newest === undefined) throw new Error(`There is no report of ${name} below ${reports}: run it first`)
  const cells = new Map<string, Content>()
  for (const line of readFileSync(newest, 'utf8').trim().split('\n')) {
    const { cell, content } = JSON.parse(line) as { cell?: string; content?: Content }
    if (cell !== undefined && content && SHOWN.includes(content.kind)) cells.set(cell, content)
  }
  const shown = [...cells.values()].at(-1)
  const pictures = shown?.items?.map(({ image }) => image) ?? [shown?.after ?? shown?.image]
  return pictures.map((picture) => join(dirname(newest), picture!.path))
}

interface Content {
  kind: string
  image?: Asset
  after?: Asset
  items?: { image: Asset }[]
}
interface Asset {
  path: string
}

/** Pictures side by side, all of one height, as wide as the sheet. */
async function toRow(files: readonly string[]): Promise<{ pixels: Buffer; height: number }> {
  const shapes = await Promise.all(files.map(async (file) => await sharp(file).metadata()))
  const ratios = shapes.map((shape) => shape.width / shape.height)
  const all = ratios.reduce((sum, ratio) => sum + ratio, 0)
  const height = Math.round((WIDTH - GAP * (files.length - 1)) / all)
  let left = 0
  const parts = await Promise.all(
    files.map(async (file, i) => {
      const width = Math.round(height * ratios[i]!)
      const part = { left, top: 0, width }
      left += width + GAP
      return { ...part, input: await sharp(file).resize(width, height).toBuffer() }
    }),
  )
  const row = { width: left - GAP, height, channels: 3, background: '#fff' } as const
  const pixels = await sharp({ create: row }).composite(parts).png().toBuffer()
  return { pixels: await sharp(pixels).resize(WIDTH, height, { fit: 'fill' }).toBuffer(), height }
}
