import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compare } from '../src/cli/compare.ts'
import { createFraming } from '../src/compare/framed-picture.ts'
import { differ } from '../src/compare/image-difference.ts'
import { violationsOf } from './axe.ts'
import { TestBrowser } from './browser.ts'
import { writeJournal } from './sample-journal.ts'
import { SampleNotebook } from './sample-notebook.ts'

let browser: TestBrowser
let dir: string
let page: string

beforeAll(async () => {
  browser = await TestBrowser.launch()
  dir = await mkdtemp(join(tmpdir(), 'compare-'))
  await writeRun('r1', { steps: 40, height: 300, phase: 0, rate: '0.1' })
  await writeRun('r2', { steps: 80, height: 400, phase: 2, rate: '0.05' })
  page = join(dir, 'comparison.html')
  await compare.run(['r1', 'r2', '--dir', join(dir, 'reports'), '--out', page])
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

interface Settings {
  steps: number
  height: number
  phase: number
  rate: string
}

async function writeRun(run: string, { steps, height, phase, rate }: Settings): Promise<void> {
  const folder = join(dir, 'reports', run, 'dream.experiment.ts/dream')
  const sample = new SampleNotebook(folder)
  sample.add({ kind: 'image', image: await sample.image(400, 300, phase), alt: 'canvas' })
  sample.add({ kind: 'image', image: await sample.image(400, height, 5), alt: 'unequal' })
  sample.add({ kind: 'image', image: await sample.image(400, 300, 5), alt: 'equal' })
  const source = `const rate = ${rate}\nfor (const step of steps) {\n  paint(step)\n}\n`
  sample.add({ kind: 'code', title: 'Paint', source, language: 'typescript' })
  const points = Array.from({ length: steps }, (_, step) => ({ step, loss: 10 / (1 + step * Number(rate)) }))
  sample.add({ kind: 'plot', spec: { x: 'step', y: 'loss', title: 'Loss' } }, { points })
  const document = sample.document()
  document.begin.parameters = { values: { steps, size: 512 }, specs: {} }
  await writeJournal(folder, document)
}

describe('a comparison of two runs', () => {
  it('shows parameters that differ, changed lines and both curves', async () => {
    const open = await browser.open(pathToFileURL(page).href)
    expect(await open.locator('tr.differs', { hasText: 'steps' }).locator('td').allTextContents()).toEqual(['40', '80'])
    expect(await open.locator('.diff del').allTextContents()).toEqual(['-const rate = 0.1'])
    expect(await open.locator('.diff ins').allTextContents()).toEqual(['+const rate = 0.05'])
    expect(await open.locator('.plot svg').getAttribute('aria-label')).toMatch(/r1 goes from 10.*r2 goes from 10/)
    expect([browser.complaints, browser.outside]).toEqual([[], []])
  })

  it('lays pictures side by side, under a slider, as an onion skin, in turn and as their difference', async () => {
    const open = await browser.open(pathToFileURL(page).href)
    const pair = open.locator('[data-pair]').first()
    expect(await pair.locator('figcaption').textContent()).toMatch(/mean ΔE \d+.*400 × 300/)
    await pair.getByRole('button', { name: 'Slider' }).click()
    await pair.getByRole('slider').fill('25')
    const box = (await pair.locator('.stage').boundingBox())!
    expect(await pair.locator('.one').evaluate((one) => getComputedStyle(one).clipPath)).toContain('75%')
    expect(box.width).toBeGreaterThan(100)
    await pair.getByRole('button', { name: 'Onion' }).click()
    const opacity = () => pair.locator('.one').evaluate((one) => getComputedStyle(one).opacity)
    expect(await opacity()).toBe('0.25')
    await pair.getByRole('button', { name: 'Flicker' }).click()
    for (const shown of ['1', '0', '1']) await expect.poll(opacity, { timeout: 10_000 }).toBe(shown)
    await open.emulateMedia({ reducedMotion: 'reduce' })
    await pair.getByRole('button', { name: 'Flicker' }).click()
    for (const shown of [0, 1]) {
      const before = await opacity()
      await pair.getByRole('button', { name: 'Flicker' }).click()
      expect([shown, await opacity()]).toEqual([shown, before === '1' ? '0' : '1'])
    }
    await pair.getByRole('button', { name: 'Difference' }).click()
    expect(await pair.locator('.one').isVisible()).toBe(false)
    expect(await pair.locator('.difference img').isVisible()).toBe(true)
  })

  it('crops neither of two pictures of unequal size, and knows equal ones', async () => {
    const open = await browser.open(pathToFileURL(page).href)
    const unequal = open.locator('[data-pair]', { hasText: 'unequal' }).first()
    await unequal.getByRole('button', { name: 'Slider' }).click()
    const ratio = (kind: string) =>
      unequal.locator(`.${kind} img`).evaluate((image: HTMLImageElement) => image.clientWidth / image.clientHeight)
    expect(await ratio('one')).toBeCloseTo(400 / 300, 1)
    expect(await ratio('other')).toBeCloseTo(1, 1)
    expect(await open.locator('[data-pair] figcaption').last().textContent()).toContain('the same, pixel by pixel')
  })

  it('is readable without scripts', async () => {
    const open = await browser.open(pathToFileURL(page).href, { javaScript: false })
    expect(await open.locator('[data-pair] img').first().isVisible()).toBe(true)
    expect(await open.locator('[data-pair] .difference img').first().isVisible()).toBe(true)
    expect(await readFile(page, 'utf8')).not.toMatch(/src="(?!data:)/)
  })

  it.each([false, true])('has no fault that axe knows (dark: %s)', async (dark) => {
    const open = await browser.open(pathToFileURL(page).href, { dark })
    expect(await violationsOf(open)).toEqual([])
  })

  it('measures colours as CIE does', async () => {
    const flat = async (name: string, background: string, width = 40) => {
      const file = join(dir, `${name}.png`)
      await sharp({ create: { width, height: 20, channels: 3, background } })
        .png()
        .toFile(file)
      return file
    }
    const framing = createFraming()
    const measure = async (a: string, b: string) => await differ(...(await framing([a, b])))
    const [white, black, red, green] = [
      await flat('w', '#fff'),
      await flat('k', '#000'),
      await flat('r', '#f00'),
      await flat('g', '#0f0', 20),
    ]
    expect((await measure(white, black)).deltaE).toBeCloseTo(100, 1)
    expect((await measure(red, green)).deltaE).toBeCloseTo(170.57, 0)
    expect(await measure(red, red)).toMatchObject({ deltaE: 0, visible: 0, width: 40 })
  })
})
