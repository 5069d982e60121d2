import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IndexEntry } from '../src/archive/index-entry.ts'
import { parseRunsIndex, renderRunsIndex } from '../src/archive/index-page.ts'
import { violationsOf } from './axe.ts'
import { TestBrowser, type PageView } from './browser.ts'

let browser: TestBrowser
let dir: string

beforeAll(async () => {
  browser = await TestBrowser.launch()
})
afterAll(() => browser[Symbol.asyncDispose]())
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'index-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function entry(number: number, change: Partial<IndexEntry> = {}): IndexEntry {
  const startedAt = Date.UTC(2026, 10, 24) - number * 3_600_000
  return {
    run: `2026-11-r${99_999 - number}`,
    status: number % 4 === 3 ? 'failed' : 'passed',
    startedAt,
    endedAt: startedAt + 60_000,
    heardAt: startedAt + 60_000,
    command: `vitest run --param size=${number}`,
    branch: number % 2 === 0 ? 'main' : 'painting/sea',
    notebooks: [
      {
        title: number % 3 === 0 ? 'Deep Dream' : `Texture ${number}`,
        file: number % 3 === 0 ? 'dream.experiment.ts' : 'texture.experiment.ts',
        status: number % 4 === 3 ? 'failed' : 'passed',
        images: 1,
        page: 'a/index.html',
      },
    ],
    ...change,
  }
}

async function open(entries: IndexEntry[], { hash = '', ...view }: PageView & { hash?: string } = {}) {
  const path = join(dir, 'index.html')
  await writeFile(path, await renderRunsIndex(entries))
  return await browser.open(pathToFileURL(path).href + hash, view)
}

describe('the page of all runs, from disk', () => {
  it('finds runs by title, by branch and by a word typed wrong, and counts them', async () => {
    const page = await open(Array.from({ length: 30 }, (_, number) => entry(number)))
    await page.getByLabel('Find').fill('textur 17')
    await page.getByText('1 run found').waitFor()
    expect(await page.locator('.run').count()).toBe(1)
    await page.getByLabel('Find').fill('sea')
    await page.getByText('15 runs found').waitFor()
    await page.getByLabel('Find').fill('dreem')
    await page.getByText('10 runs found').waitFor()
    await page.getByLabel('Find').fill('nothing like it')
    await page.getByText('No run is like that.').waitFor()
    expect([browser.complaints, browser.outside]).toEqual([[], []])
  })

  it('filters by status and file, and keeps what was asked for in the address', async () => {
    const entries = Array.from({ length: 30 }, (_, number) => entry(number))
    const page = await open(entries)
    await page.getByLabel('Status').selectOption('failed')
    await page.getByLabel('File').selectOption('dream.experiment.ts')
    const expected = entries.filter(({ status, notebooks }) => status === 'failed' && /dream/.test(notebooks[0]!.file))
    await page.getByText(`${expected.length} runs found`).waitFor()
    const again = await open(entries, { hash: new URL(page.url()).hash })
    await again.getByText(`${expected.length} runs found`).waitFor()
    expect(await again.locator('.run').count()).toBe(expected.length)
  })

  it('holds ten thousand runs, all of which can be reached', async () => {
    const page = await open(Array.from({ length: 10_000 }, (_, number) => entry(number)))
    await page.getByText('10,000 runs').waitFor()
    expect(await page.locator('.run').count()).toBeLessThan(400)
    await page.getByLabel('Find').fill('texture 9998')
    await page.getByText('1 run found').waitFor()
    await page.getByLabel('Find').fill('')
    await page.getByText('10,000 runs').waitFor()
    const before = await page.locator('.run').count()
    await page.locator('.run').last().scrollIntoViewIfNeeded()
    await page
      .locator('.run')
      .nth(before + 10)
      .waitFor({ state: 'attached' })
    expect(await page.locator('.run').count()).toBeGreaterThan(before)
  })

  it('says of a run that is long silent that it was killed', async () => {
    const now = Date.now()
    const { endedAt: _, ...open1 } = entry(1)
    const running: IndexEntry = { ...open1, status: 'running', heardAt: now, notebooks: [] }
    const page = await open([running, { ...running, run: '2026-10-01', heardAt: now - 3_600_000 }])
    await page.getByText('nothing heard since').waitFor()
    expect(await page.locator('.run .status').allTextContents()).toEqual(['running', 'killed'])
  })

  it('shows what a title says as text, whatever it says', async () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror=alert(2)>'
    const entries = [
      entry(0, { command: evil, notebooks: [{ ...entry(0).notebooks[0]!, title: evil, page: 'javascript:alert(3)' }] }),
    ]
    const page = await open(entries)
    await page.getByLabel('Find').fill('alert')
    await page.getByText('1 run found').waitFor()
    expect(await page.locator('.notebooks a').textContent()).toBe(evil)
    expect(await page.locator('.notebooks a').getAttribute('href')).toMatch(/^2026-11-r99999\/javascript%3Aalert/)
    expect(parseRunsIndex(await renderRunsIndex(entries))).toEqual(entries)
    expect(browser.complaints).toEqual([])
  })

  it('lists the newest without scripts', async () => {
    const page = await open([entry(0), entry(1)], { javaScript: false })
    expect(await page.locator('.run h2').count()).toBe(2)
    expect(await page.getByLabel('Find').isVisible()).toBe(false)
  })

  it.each([
    { dark: false, width: 1100 },
    { dark: true, width: 1100 },
    { dark: false, width: 380 },
  ])('has no fault that axe knows: %o', async (view) => {
    const page = await open(
      Array.from({ length: 12 }, (_, number) => entry(number)),
      view,
    )
    expect(await violationsOf(page)).toEqual([])
  })
})
