import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderRunPage } from '../src/render/run-page.ts'
import { violationsOf } from './axe.ts'
import { launchChromium, openFile } from './chromium.ts'
import { hostileNotebook } from './hostile-notebook.ts'
import { oddNotebook } from './odd-notebook.ts'
import { renderSample, type Rendered } from './rendered.ts'
import { sampleNotebook } from './sample-notebook.ts'
import { sampleRun } from './sample-run.ts'

let browser: Browser
let sample: Rendered
let odd: Rendered
let hostile: Rendered
let single: Rendered

beforeAll(async () => {
  browser = await launchChromium()
  sample = await renderSample(sampleNotebook)
  odd = await renderSample(oddNotebook)
  hostile = await renderSample(hostileNotebook)
  single = await renderSample(sampleNotebook, { singleFile: true })
  await writeFile(join(sample.folder, 'run.html'), renderRunPage(sampleRun('index.html')))
  await writeFile(join(hostile.folder, 'run.html'), renderRunPage(sampleRun('index.html', HOSTILE_NAME)))
})

afterAll(async () => {
  await browser?.close()
  for (const rendered of [sample, odd, hostile, single]) await rendered?.[Symbol.asyncDispose]()
})

const HOSTILE_NAME = '"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'

describe('accessibility', () => {
  const pages: [string, () => string][] = [
    ['the notebook', () => sample.page],
    ['a killed notebook with odd cells', () => odd.page],
    ['a notebook in one file', () => single.page],
    ['a notebook with hostile text', () => hostile.page],
    ['the index of a run', () => join(sample.folder, 'run.html')],
  ]
  const variants = [
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 390 },
    { colorScheme: 'dark', width: 390 },
  ] as const

  it.for(pages.flatMap(([name, path]) => variants.map((variant) => ({ name, path, ...variant }))))(
    '$name has no axe violation, $colorScheme at $width pixels',
    async ({ path, colorScheme, width }) => {
      await using opened = await openFile(browser, path(), { colorScheme, viewport: { width, height: 900 } })
      await opened.page.evaluate(() => {
        for (const fold of document.querySelectorAll('details')) fold.open = true
      })
      expect(await violationsOf(opened.page)).toEqual([])
    },
  )

  it.for(pages)('%s fits a phone without scrolling sideways', async ([, path]) => {
    await using opened = await openFile(browser, path(), { viewport: { width: 390, height: 844 } })
    const [inside, outside] = await opened.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inside).toBeLessThanOrEqual(outside)
  })
})

describe('safety', () => {
  it('runs nothing that hostile text contains, whatever is clicked', async () => {
    for (const path of [hostile.page, join(hostile.folder, 'run.html')]) {
      await using opened = await openFile(browser, path)
      const { page } = opened
      await page.evaluate(() => {
        for (const fold of document.querySelectorAll('details')) fold.open = true
      })
      for (const link of await page.locator('main a[href], main button').all()) {
        await link.evaluate((element) => {
          element.addEventListener('click', (event) => event.preventDefault())
          ;(element as HTMLElement).click()
        })
        await page.keyboard.press('Escape')
      }
      expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined()
      const schemes = await page
        .locator('[href], [src]')
        .evaluateAll((all) =>
          all.map((one) => (one.getAttribute('href') ?? one.getAttribute('src') ?? '').trim().split(/[/?#]/)[0]!),
        )
      expect(
        new Set(schemes.filter((scheme) => /^[a-z]+:/i.test(scheme) && !/^(?:https?|data|mailto|file):/i.test(scheme))),
      ).toEqual(new Set())
      expect(opened.requests.filter((url) => !url.startsWith('file:'))).toEqual([])
      expect(opened.problems.filter((problem) => !problem.includes('ERR_FILE_NOT_FOUND'))).toEqual([])
    }
  })

  it('lets no script run that is put into the page afterwards', async () => {
    await using opened = await openFile(browser, sample.page)
    await opened.page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.hacked = 1">')
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))
    })
    await opened.page.waitForTimeout(200)
    expect(await opened.page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined()
  })

  it('asks no network for anything, and nothing fails', async () => {
    for (const { page: path } of [sample, odd, single]) {
      await using opened = await openFile(browser, path)
      await scrollThrough(opened.page)
      expect(opened.requests.filter((url) => !url.startsWith('file:'))).toEqual([])
      expect(opened.problems).toEqual([])
    }
  })
})

describe('without scripts', () => {
  it('shows text, pictures, tables and both sides of a comparison', async () => {
    await using opened = await openFile(browser, sample.page, { javaScriptEnabled: false })
    const { page } = opened
    const text = await page.locator('main').innerText()
    for (const words of [
      'The objective',
      'const network = await loadNetwork',
      '59 layers',
      'mixed4e',
      'TypeError',
      'mixed4c',
    ]) {
      expect(text).toContain(words)
    }
    expect(await page.locator('.gallery li img').count()).toBe(9)
    expect(await page.locator('.compare img').evaluateAll((all) => all.every((one) => one.checkVisibility()))).toBe(
      true,
    )
    expect(
      await page.locator('.theme, .slider, .viewer').evaluateAll((all) => all.some((one) => one.checkVisibility())),
    ).toBe(false)
  })

  it('shows the pictures of a single file too', async () => {
    await using opened = await openFile(browser, single.page, { javaScriptEnabled: false })
    const shown = opened.page.locator('noscript img')
    expect(await shown.count()).toBeGreaterThanOrEqual(12)
    const first = shown.first()
    await first.scrollIntoViewIfNeeded()
    await expect.poll(() => first.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(720)
    expect(await opened.page.locator('img[data-held]').first().isVisible()).toBe(false)
  })
})

describe('moving parts', () => {
  it('steps through a gallery by keys and names the step in the address', async () => {
    await using opened = await openFile(browser, sample.page)
    const gallery = opened.page.locator('.gallery')
    await expect.poll(() => gallery.locator('.count').innerText()).toBe('9 of 9')
    await gallery.locator('.slider').focus()
    await opened.page.keyboard.press('Home')
    await opened.page.keyboard.press('ArrowRight')
    expect(await gallery.locator('.count').innerText()).toBe('2 of 9')
    expect(await gallery.locator('.now').innerText()).toBe('octave 2')
    const second = await gallery.locator('li img').nth(1).getAttribute('src')
    expect(await gallery.locator('.screen img').getAttribute('src')).toContain(second)
    expect(opened.page.url()).toMatch(/#cell-c7\.2$/)
    expect(await gallery.locator('li[aria-current]').count()).toBe(1)
  })

  it('opens at the step that the address names', async () => {
    await using opened = await openFile(browser, sample.page, { hash: '#cell-c7.4' })
    expect(await opened.page.locator('.gallery .count').innerText()).toBe('4 of 9')
    await expect
      .poll(() => opened.page.locator('.gallery').evaluate((one) => one.getBoundingClientRect().top < innerHeight))
      .toBe(true)
  })

  it('enlarges a picture by keys, goes on to the next, and gives the focus back', async () => {
    await using opened = await openFile(browser, sample.page)
    const { page } = opened
    const first = page.locator('.picture .zoom').first()
    await first.focus()
    await page.keyboard.press('Enter')
    const box = page.locator('#lightbox')
    expect(await box.evaluate((one) => (one as HTMLDialogElement).open)).toBe(true)
    expect(await box.locator('figcaption').innerText()).toContain('1 of 10')
    expect(await violationsOf(page)).toEqual([])
    await page.keyboard.press('ArrowRight')
    expect(await box.locator('figcaption').innerText()).toBe('octave 1 · 2 of 10')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Escape')
    expect(await first.evaluate((one) => one === document.activeElement)).toBe(true)
  })

  it('moves the line between two pictures by keys and by pointer', async () => {
    await using opened = await openFile(browser, sample.page)
    const stage = opened.page.locator('.compare .stage')
    const split = () => stage.evaluate((one) => (one as HTMLElement).style.getPropertyValue('--split'))
    await stage.locator('.slider').focus()
    await opened.page.keyboard.press('Home')
    expect(await split()).toBe('0%')
    const area = (await stage.boundingBox())!
    await opened.page.mouse.click(area.x + area.width * 0.75, area.y + area.height / 2)
    expect(Number.parseFloat(await split())).toBeCloseTo(75, -1)
  })

  it('changes between light and dark and remembers it', async () => {
    await using opened = await openFile(browser, sample.page, { colorScheme: 'light' })
    const paper = () => opened.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const light = await paper()
    await opened.page.locator('.theme').click()
    const dark = await paper()
    expect(dark).not.toBe(light)
    await opened.page.reload()
    expect(await paper()).toBe(dark)
  })

  it('shows a sub-report as a page of its own, which leads back', async () => {
    await using opened = await openFile(browser, odd.page)
    const { page } = opened
    await page.getByRole('link', { name: 'a page of its own' }).click()
    expect(await page.locator('h1').innerText()).toBe('High resolution')
    expect(await page.locator('main').innerText()).toContain('await upscale(canvas)')
    expect(await violationsOf(page)).toEqual([])
    await page.locator('.crumbs a').click()
    expect(await page.locator('h1').innerText()).toBe('Deep Dream')
    expect(opened.problems).toEqual([])
  })

  it('opens a folded box that a link leads into', async () => {
    await using opened = await openFile(browser, odd.page, { hash: '#high-resolution' })
    expect(await opened.page.locator('#high-resolution').isVisible()).toBe(true)
  })
})

describe('paper', () => {
  it('holds every picture and what was folded', async () => {
    for (const { page: path } of [sample, single]) {
      await using opened = await openFile(browser, path)
      await opened.page.emulateMedia({ media: 'print' })
      await opened.page.evaluate(() => dispatchEvent(new Event('beforeprint')))
      const missing = () =>
        opened.page.locator('main img').evaluateAll((all) =>
          (all as HTMLImageElement[])
            .filter((one) => one.checkVisibility())
            .filter((one) => !one.complete || one.naturalWidth <= 16 || one.src.length < 30)
            .map((one) => one.alt),
        )
      await expect.poll(missing, { timeout: 20_000 }).toEqual([])
      expect(await opened.page.locator('.box .inside').isVisible()).toBe(true)
      expect(await opened.page.locator('.bar').isVisible()).toBe(false)
      const pdf = await opened.page.pdf({ preferCSSPageSize: true, format: 'A4' })
      expect(pdf.length).toBeGreaterThan(50_000)
    }
  })
})

async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
      scrollTo({ top: y, behavior: 'instant' })
      await new Promise((done) => setTimeout(done, 30))
    }
  })
}
