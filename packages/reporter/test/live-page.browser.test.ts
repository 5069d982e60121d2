import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violationsOf } from './axe.ts'
import { TestBrowser } from './browser.ts'
import { SampleNotebook } from './sample-notebook.ts'
import { JournalWriter } from '../src/journal/append.ts'
import { Endpoint } from '../src/notebook/endpoint.ts'
import { startLiveServer, type LiveServer } from '../src/live/server.ts'

const RUN = '2026-11-24T14-30-05Z-k3x9'
let browser: TestBrowser
let dir: string
let folder: string
let journal: JournalWriter
let endpoint: Endpoint
let server: LiveServer
let sample: SampleNotebook

beforeAll(async () => {
  browser = await TestBrowser.launch()
})
afterAll(() => browser[Symbol.asyncDispose]())
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'live-'))
  folder = join(dir, RUN, 'dream')
  sample = new SampleNotebook(folder)
  journal = new JournalWriter(folder)
  journal.append(sample.document().begin)
  endpoint = new Endpoint(folder)
  server = await startLiveServer({ dir, run: RUN })
  browser.complaints.length = 0
})
afterEach(async () => {
  await server.close()
  await endpoint.close()
  journal.close()
  await rm(dir, { recursive: true, force: true })
})

const openNotebook = (view = {}) => browser.open(server.urlOf('dream'), view)
const cell = (page: Page, id: string) => page.locator(`[data-cell="${id}"]`)

describe('the live page in a browser', () => {
  it('adds cells, changes pictures and plots in their place, and keeps what the reader opened', async () => {
    journal.append({ type: 'cell', cell: 'c1', content: { kind: 'details', title: 'More' } })
    journal.append({ type: 'cell', cell: 'c2', parent: 'c1', content: { kind: 'markdown', source: 'inside' } })
    journal.append({
      type: 'cell',
      cell: 'c3',
      content: { kind: 'image', image: await sample.image(64, 48), alt: 'canvas' },
    })
    journal.append({ type: 'cell', cell: 'c4', content: { kind: 'plot', spec: { x: 'step', y: 'loss' } } })
    const page = await openNotebook()
    await page.locator('.connection[data-state=live]').waitFor()
    await page.locator('summary', { hasText: 'More' }).click()
    const image = await cell(page, 'c3').locator('img').elementHandle()
    const second = await sample.image(64, 48, 9)
    journal.append({ type: 'update', cell: 'c3', content: { kind: 'image', image: second, alt: 'canvas' } })
    journal.append({
      type: 'points',
      cell: 'c4',
      points: [
        { step: 0, loss: 3 },
        { step: 1, loss: 1 },
      ],
    })
    journal.append({ type: 'cell', cell: 'c5', parent: 'c1', content: { kind: 'markdown', source: 'also inside' } })
    journal.append({ type: 'cell', cell: 'c6', content: { kind: 'markdown', source: '## A heading that came late' } })
    await cell(page, 'c1').getByText('also inside').waitFor({ state: 'visible' })
    await page.locator('.contents', { hasText: 'A heading that came late' }).waitFor()
    await cell(page, 'c4')
      .getByRole('img', { name: /loss goes from 3 to 1/ })
      .waitFor()
    expect(await image!.evaluate((element) => element.isConnected)).toBe(true)
    expect(await image!.getAttribute('src')).toBe(second.path)
    expect(browser.complaints).toEqual([])
    expect(browser.outside).toEqual([])
    await page.context().close()
  })

  it('shows each cell once when the network goes away while they come', async () => {
    const page = await openNotebook()
    await page.locator('.connection[data-state=live]').waitFor()
    let count = 0
    const write = () =>
      journal.append({ type: 'cell', cell: `c${++count}`, content: { kind: 'markdown', source: `w${count}` } })
    for (let round = 0; round < 3; round++) {
      for (let more = 0; more < 20; more++) write()
      await page.context().setOffline(true)
      for (let more = 0; more < 20; more++) write()
      await page.context().setOffline(false)
    }
    await cell(page, `c${count}`).waitFor({ timeout: 20_000 })
    const shown = await page
      .locator('#cells > [data-cell]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-cell')))
    expect(shown).toEqual(Array.from({ length: count }, (_, index) => `c${index + 1}`))
    await page.context().close()
  })

  it('becomes the finished page when the notebook ends', async () => {
    const page = await openNotebook()
    journal.append({ type: 'meta', values: { network: 'VGG-19' } })
    const errors = [{ name: 'Error', message: 'out of memory' }]
    journal.append({ type: 'finish', status: 'failed', seconds: 2, errors })
    await page.getByText('out of memory').waitFor()
    await page.locator('#facts .status.failed').waitFor()
    await page.getByText('VGG-19').waitFor({ state: 'attached' })
    expect(await page.locator('body').getAttribute('data-status')).toBe('failed')
    await page.context().close()
  })

  it.each([false, true])('has no fault that axe knows, forms included (dark: %s)', async (dark) => {
    await ask()
    const page = await openNotebook({ dark })
    await page.getByRole('button', { name: 'Answer' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.context().close()
  })
})

async function ask(): Promise<void> {
  const on = await sample.image(160, 120)
  journal.append({
    type: 'cell',
    cell: 'q1',
    content: {
      kind: 'question',
      title: 'How shall it go on?',
      timeoutMs: 90_000,
      fields: {
        name: { type: 'text', default: 'earth', label: 'What to call it' },
        steps: { type: 'number', default: 40 },
        smooth: { type: 'boolean', default: true },
        layer: { type: 'choice', default: 'conv4', options: ['conv3', 'conv4', 'conv5'] },
        weights: { type: 'json', default: { content: 1 } },
        style: { type: 'picture', default: 'night.jpg', label: 'Style' },
        sky: { type: 'mask', image: on, label: 'Paint the sky' },
      },
    },
  })
}

describe('a question', () => {
  it('takes words, numbers, choices, JSON, a picture and a painted mask', async () => {
    await ask()
    const answered = Promise.withResolvers<{ values: Record<string, unknown> }>()
    await endpoint.handle('/answer/q1', async (request) => {
      answered.resolve((await request.json()) as { values: Record<string, unknown> })
      return new Response(null, { status: 204 })
    })
    const page = await openNotebook()
    await page.getByLabel('What to call it').fill('moon')
    await page.getByLabel('steps').fill('12')
    await page.getByLabel('smooth').uncheck()
    await page.getByLabel('layer').selectOption('conv5')
    await page.getByLabel('weights').fill('{ "content": 2 }')
    const buffer = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    await page.getByLabel('Style').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer })
    await page.locator('canvas').scrollIntoViewIfNeeded()
    const canvas = (await page.locator('canvas').boundingBox())!
    await page.mouse.move(canvas.x + 10, canvas.y + 10)
    await page.mouse.down()
    await page.mouse.move(canvas.x + canvas.width - 10, canvas.y + 10, { steps: 8 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Answer' }).click()
    await page.getByText('Answered.').waitFor()
    const { values } = await answered.promise
    const { style, sky, ...rest } = values as Record<string, { name: string; data: string }>
    expect(rest).toEqual({ name: 'moon', steps: 12, smooth: false, layer: 'conv5', weights: { content: 2 } })
    expect(style).toEqual({ name: 'me.png', data: buffer.toString('base64') })
    const { data, info } = await sharp(Buffer.from(sky!.data, 'base64'))
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([160, 120])
    const share = data.filter((value) => value > 127).length / data.length
    expect(share).toBeGreaterThan(0.02)
    expect(share).toBeLessThan(0.2)
    expect(browser.complaints).toEqual([])
    await page.context().close()
  })

  it('can be painted with the keyboard', async () => {
    await ask()
    const answered = Promise.withResolvers<{ values: Record<string, { data: string }> }>()
    await endpoint.handle('/answer/q1', async (request) => {
      answered.resolve((await request.json()) as { values: Record<string, { data: string }> })
      return new Response(null, { status: 204 })
    })
    const page = await openNotebook()
    await page.locator('canvas').focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Answer' }).click()
    const { values } = await answered.promise
    const { data, info } = await sharp(Buffer.from(values['sky']!.data, 'base64'))
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(data[60 * info.width + 72]).toBe(255)
    expect(data[60 * info.width + 5]).toBe(0)
    await page.context().close()
  })

  it('shows what is wrong with an answer, and keeps the form while its cell changes', async () => {
    await ask()
    await endpoint.handle('/answer/q1', () => new Response('Expected `steps` to be at most 100.', { status: 400 }))
    const page = await openNotebook()
    await page.getByLabel('steps').fill('1000')
    await page.getByRole('button', { name: 'Answer' }).click()
    await page.getByText('Expected `steps` to be at most 100.').waitFor()
    journal.append({ type: 'meta', values: { late: 'news' } })
    await page.getByText('news').waitFor({ state: 'attached' })
    expect(await page.getByLabel('steps').inputValue()).toBe('1000')
    await page.context().close()
  })
})

/** A worker that listens and then does not come up for air, as its own process. */
async function startBusyWorker(ms: number): Promise<ChildProcess> {
  const program = `
    import { Endpoint } from ${JSON.stringify(new URL('../src/notebook/endpoint.ts', import.meta.url).href)}
    const endpoint = new Endpoint(process.argv[1])
    await endpoint.handle('/answer/q1', () => new Response(null, { status: 204 }))
    await endpoint.handle('/serve/state', () => new Response('state of the experiment'))
    setTimeout(() => {}, 60_000)
    process.send('ready')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms}) // as deaf as one at work, but leaves others the processor`
  const worker = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(worker, 'message')
  return worker
}

describe('while the worker computes without a pause', () => {
  it('the page lives, says so, and the answer is taken when the worker listens again', async () => {
    await ask()
    const worker = await startBusyWorker(30_000)
    try {
      const page = await openNotebook()
      await page.getByRole('button', { name: 'Answer' }).click()
      await page.getByText('The worker is busy computing').waitFor()
      for (const [at, word] of ['soon', 'later', 'late'].entries()) {
        journal.append({ type: 'cell', cell: `c${9 + at}`, content: { kind: 'markdown', source: `It is ${word}` } })
        await page.getByText(`It is ${word}`, { exact: true }).waitFor()
        expect(await page.getByText('Answered.').count()).toBe(0)
        await sleep(8000)
      }
      await page.getByText('Answered.').waitFor({ timeout: 60_000 })
      expect(browser.complaints).toEqual([])
      await page.context().close()
    } finally {
      worker.kill()
    }
  })

  it('what the experiment serves comes when it comes up for air, and is gone with it', async () => {
    const worker = await startBusyWorker(1500)
    const first = await fetch(server.urlOf('dream'), { redirect: 'manual' })
    const cookie = first.headers.getSetCookie()[0]!.split(';')[0]!
    const url = new URL('-/serve/state?x=1', server.urlOf('dream')).href
    expect(await (await fetch(url, { headers: { cookie } })).text()).toBe('state of the experiment')
    const ended = once(worker, 'exit')
    worker.kill('SIGKILL')
    await ended
    const after = await fetch(url, { headers: { cookie } })
    expect([after.status, await after.text()]).toEqual([502, expect.stringContaining('does not listen')])
  })
})
