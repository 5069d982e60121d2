/**
 * `npm run gallery`: renders sample notebooks, takes a picture of each kind of block and of whole pages, and writes them to
 * `docs/gallery/` with the page that shows them.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { launchChromium } from '../../packages/reporter/test/chromium.ts'
import { oddNotebook } from '../../packages/reporter/test/odd-notebook.ts'
import { paintingNotebook } from '../../packages/reporter/test/painting-notebook.ts'
import { renderSample } from '../../packages/reporter/test/rendered.ts'
import { sampleRun } from '../../packages/reporter/test/sample-run.ts'
import { renderRunPage } from '../../packages/reporter/src/render/run-page.ts'
import type { RunRecord } from '../../packages/reporter/src/run/record.ts'
import { startAsking, writeComparison, writeRunsPage } from './more-pages.ts'
import { PHONE, SHOTS, type Shot } from './shots.ts'

const ROOT = join(import.meta.dirname, '../..')
const TARGET = join(ROOT, 'docs/gallery')
const MAX_BYTES = 200_000
const MARGIN = 18

interface Box {
  x: number
  y: number
  width: number
  height: number
}

const fonts = await systemFonts()
process.env['FONTCONFIG_FILE'] = fonts.file
await using painting = await renderSample(paintingNotebook, { formats: ['html', 'md', 'ipynb', 'zip'] })
await using odd = await renderSample(oddNotebook)
const record = await runRecord(painting.page)
const at = (name: string) => join(painting.folder, name)
await writeFile(at('run.html'), renderRunPage(record))
await writeRunsPage(at('runs.html'), record)
await writeComparison(at('compared.html'), painting.folder)
const asking = await startAsking(painting.folder)
const pages: Record<Shot['page'], string> = {
  painting: pathToFileURL(painting.page).href,
  odd: pathToFileURL(odd.page).href,
  run: pathToFileURL(at('run.html')).href,
  runs: pathToFileURL(at('runs.html')).href,
  compared: pathToFileURL(at('compared.html')).href,
  live: asking.server.urlOf(asking.path),
}
await mkdir(TARGET, { recursive: true })
const browser = await launchChromium()
try {
  for (const shot of SHOTS) await take(shot)
  await takePrint()
  await writeFile(join(TARGET, 'README.md'), readme())
} finally {
  await browser.close()
  await asking.server.close()
  await rm(fonts.folder, { recursive: true, force: true })
}

async function take({ name, page: which, width, height = 900, dark = false, block, before }: Shot): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    deviceScaleFactor: width === PHONE ? 2 : 1.5,
  })
  const page = await context.newPage()
  await page.goto(pages[which])
  await before?.(page)
  await page.mouse.move(0, 0)
  await page.evaluate('document.activeElement?.blur()')
  const found = block === undefined ? undefined : page.locator(block).first()
  await found?.scrollIntoViewIfNeeded()
  // a live page is never idle: its stream stays open
  await page.waitForLoadState(which === 'live' ? 'load' : 'networkidle')
  const box = await found?.boundingBox()
  await save(name, await page.screenshot(box ? { fullPage: true, clip: await around(page, box) } : {}))
  await context.close()
}

/** A block with some paper around it, in the coordinates of the whole page. */
async function around(page: Page, { x, y, width, height }: Box): Promise<Box> {
  const scrolled = (await page.evaluate('scrollY')) as number
  return { x: x - MARGIN, y: y + scrolled - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN }
}

/** The first two printed pages side by side. */
async function takePrint(): Promise<void> {
  const page = await browser.newPage()
  await page.goto(pages.painting)
  const pdf = join(painting.folder, 'print.pdf')
  await page.pdf({ path: pdf, format: 'A4' })
  await promisify(execFile)('pdftoppm', ['-r', '80', '-png', '-l', '2', pdf, join(painting.folder, 'print')])
  const sheets = await Promise.all([1, 2].map((number) => readFile(join(painting.folder, `print-${number}.png`))))
  const { width, height } = await sharp(sheets[0]).metadata()
  const gap = 24
  const both = sharp({
    create: { width: width * 2 + gap * 3, height: height + gap * 2, channels: 3, background: '#8b8b88' },
  })
  await save(
    'print',
    await both
      .composite(sheets.map((input, index) => ({ input, left: gap + index * (width + gap), top: gap })))
      .png()
      .toBuffer(),
  )
}

/** As good as fits. */
async function save(name: string, png: Buffer): Promise<void> {
  for (const quality of [88, 80, 70, 60]) {
    const data = await sharp(png).webp({ quality, effort: 6 }).toBuffer()
    if (data.length > MAX_BYTES && quality > 60) continue
    await writeFile(join(TARGET, `${name}.webp`), data)
    process.stdout.write(`${name}.webp  ${Math.round(data.length / 1000)} kB\n`)
    return
  }
}

/** The sample's notebooks with pictures of the painting; the running one has none yet. */
async function runRecord(page: string): Promise<RunRecord> {
  const pictures = [...(await readFile(page, 'utf8')).matchAll(/<a class="zoom" href="([^"]+)"/g)].map(
    ([, path]) => path!,
  )
  const record = sampleRun()
  const notebooks = record.notebooks.map((one, index) => {
    const thumbnail = one.status === 'running' ? undefined : pictures[index * 3]
    return thumbnail === undefined ? one : { ...one, thumbnail }
  })
  return { ...record, notebooks }
}

/** A bare machine has hardly a font; a reader's has its system's, for which these stand. */
async function systemFonts(): Promise<{ file: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'fonts-'))
  const file = join(folder, 'fonts.conf')
  const prefer = (family: string, instead: string) =>
    `<match target="pattern"><test name="family"><string>${family}</string></test><edit name="family" mode="prepend" binding="strong"><string>${instead}</string></edit></match>`
  await writeFile(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>${join(ROOT, 'node_modules/@expo-google-fonts')}</dir><cachedir>${folder}/cache</cachedir>${prefer('system-ui', 'Source Sans 3')}${prefer('ui-monospace', 'JetBrains Mono')}</fontconfig>`,
  )
  return { file, folder }
}

function readme(): string {
  const figures = [...SHOTS, { name: 'print', title: 'On paper', alt: 'Two printed pages of the report' }].map(
    ({ name, title, alt }) => `## ${title}\n\n![${alt}](${name}.webp)\n`,
  )
  return `# Gallery

What a notebook looks like as a page. \`npm run gallery\` makes these pictures from sample notebooks; the pages need no network
and, moving parts aside, no scripts.

${figures.join('\n')}`
}
