import { readFile, stat } from 'node:fs/promises'
import sharp from 'sharp'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NotebookDocument } from '../src/journal/document.ts'
import type { ImageRef } from '../src/journal/schema.ts'
import { launchChromium, openFile } from './chromium.ts'
import { renderSample } from './rendered.ts'
import { SampleNotebook } from './sample-notebook.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

/** A notebook of prose and pictures of noise, each of another content: noise is what packs worst. */
async function picturesNotebook(
  folder: string,
  count: number,
  side: number,
  gallery: boolean,
): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  const items: { image: ImageRef; alt: string; caption: string }[] = []
  for (let index = 0; index < count; index++) {
    const noise = { type: 'gaussian' as const, mean: 90 + (index % 100), sigma: 24 }
    const drawn = sharp({ create: { width: side, height: side, channels: 3, background: 'gray', noise } })
    const asset = await notebook.asset(
      Buffer.concat([await drawn.jpeg({ quality: 70 }).toBuffer(), Buffer.from(`#${index}`)]),
      'jpeg',
      'image/jpeg',
    )
    items.push({
      image: { ...asset, width: side, height: side },
      alt: `Step ${index + 1} of the dream`,
      caption: `step ${index + 1}`,
    })
  }
  if (gallery) notebook.add({ kind: 'gallery', items })
  else {
    for (const [index, { image, alt }] of items.entries()) {
      notebook.add({ kind: 'markdown', source: `Paragraph ${index + 1}` })
      notebook.add({ kind: 'image', image, alt })
    }
  }
  return notebook.document()
}

describe('a gallery of 1,000 pictures', () => {
  it('is a page of less than 1 MB that loads what is seen, and reaches each step by the address and the scrubber', async () => {
    await using rendered = await renderSample((folder) => picturesNotebook(folder, 1000, 256, true))
    expect((await stat(rendered.page)).size).toBeLessThan(1_000_000)
    await using opened = await openFile(browser, rendered.page, { hash: '#cell-c1.700' })
    const gallery = opened.page.locator('.gallery')
    expect(await gallery.locator('.count').innerText()).toBe('700 of 1000')
    await opened.page.waitForLoadState('load')
    expect(new Set(opened.requests).size).toBeLessThan(150)
    await gallery.locator('.slider').fill('1')
    expect(await gallery.locator('.now').innerText()).toBe('step 1')
    const large = gallery.locator('.screen img')
    await expect.poll(() => large.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(256)
    await opened.page.keyboard.press('End')
    expect(await gallery.locator('.count').innerText()).toBe('1000 of 1000')
    expect(opened.problems).toEqual([])
  })
})

describe('a single file', () => {
  it('of 300 pictures stays in its budget and decodes those near the viewport only', async () => {
    const options = { singleFile: true, budget: 20e6 }
    await using rendered = await renderSample((folder) => picturesNotebook(folder, 300, 256, false), options)
    expect(rendered.problems).toEqual([])
    expect((await stat(rendered.page)).size).toBeLessThan(20e6)
    await using opened = await openFile(browser, rendered.page)
    const { page } = opened
    const shown = () => page.locator('img[data-shown]').count()
    await expect.poll(shown).toBeGreaterThan(1)
    expect(await shown()).toBeLessThan(30)
    await page.locator('#cell-c600').scrollIntoViewIfNeeded()
    const last = page.locator('#cell-c600 img')
    await expect.poll(() => last.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(256)
    expect(await shown()).toBeLessThan(200)
    expect(opened.requests).toEqual([])
    expect(opened.problems).toEqual([])
  })

  it('shows small copies that open the pictures beside it when they do not fit, and says so', async () => {
    const options = { singleFile: true, budget: 1e6 }
    await using rendered = await renderSample((folder) => picturesNotebook(folder, 40, 640, true), options)
    expect((await stat(rendered.page)).size).toBeLessThan(1e6)
    const sentence = 'The 40 pictures do not fit into one file of 1.0 MB'
    expect(rendered.problems).toEqual([expect.stringContaining(sentence)])
    expect(await readFile(rendered.page, 'utf8')).toContain(sentence)
    await using opened = await openFile(browser, rendered.page)
    const gallery = opened.page.locator('.gallery')
    await gallery.locator('[data-enlarge]').click()
    const large = opened.page.locator('#lightbox img')
    await expect.poll(() => large.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(640)
    expect(opened.problems).toEqual([])
  })

  it('links to the pictures alone when not even small copies fit', async () => {
    const options = { singleFile: true, budget: 50_000 }
    await using rendered = await renderSample((folder) => picturesNotebook(folder, 40, 640, true), options)
    expect((await stat(rendered.page)).size).toBeLessThan(200_000)
    await using opened = await openFile(browser, rendered.page)
    expect(await opened.page.locator('.gallery a.missing').count()).toBe(40)
  })
})
