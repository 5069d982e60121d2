import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { JournalWriter } from '../../packages/reporter/src/journal/append.ts'
import { startLiveServer } from '../../packages/reporter/src/live/server.ts'
import { TestBrowser } from '../../packages/reporter/test/browser.ts'
import { SampleNotebook } from '../../packages/reporter/test/sample-notebook.ts'
import { median, type Bench, type Row } from '../measure.ts'

const RUN = '2026-11-24T14-30-05Z-k3x9'
const EVENTS = 500
/** Between two events: 100 a second. */
const PACE_MS = 10

const bench: Bench = {
  title: 'A paragraph on the live page',
  peer: 'EventSource',
  note: `From the call in the experiment until it stands in the page, ${EVENTS} of them at ${1000 / PACE_MS} a second; ours goes by the journal on the disk, is rendered and redacted. The peer is a server of Node that sends each text to an EventSource at once. What people may wait is 100 ms.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  await using browser = await TestBrowser.launch()
  const [ours, peer] = [await delaysOfNotebook(browser), await delaysOfEventSource(browser)]
  yield { name: 'median', ours: median(ours), peer: median(peer), unit: 'ms' }
  yield { name: 'the slowest of a hundred', ours: percentile(ours, 99), peer: percentile(peer, 99), unit: 'ms' }
}

/** Milliseconds until each paragraph was there. */
async function delaysOfNotebook(browser: TestBrowser): Promise<number[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-live-'))
  const folder = join(dir, RUN, 'dream')
  const journal = new JournalWriter(folder)
  journal.append(new SampleNotebook(folder).document().begin)
  const server = await startLiveServer({ dir, run: RUN })
  try {
    const page = await browser.open(server.urlOf('dream'))
    await page.locator('.connection[data-state=live]').waitFor()
    return await measure(page, (text, index) =>
      journal.append({ type: 'cell', cell: `c${index}`, content: { kind: 'markdown', source: text } }),
    )
  } finally {
    journal.close()
    await server.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function delaysOfEventSource(browser: TestBrowser): Promise<number[]> {
  const server = createServer((request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      server.emit('reader', response)
    } else response.end(PEER)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reader = once(server, 'reader')
  const page = await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const [response] = (await reader) as [{ write: (text: string) => void }]
  try {
    return await measure(page, (text) => response.write(`data: ${text}\n\n`))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const PEER = `<!doctype html><title>Events</title><main id="cells"></main><script>
new EventSource('/events').onmessage = ({ data }) => {
  document.querySelector('main').append(Object.assign(document.createElement('p'), { textContent: data }))
}
</script>`

/** Each text says when it was sent; the page notes when it sees it. Both clocks are this machine's. */
async function measure(page: Page, send: (text: string, index: number) => void): Promise<number[]> {
  await page.evaluate(() => {
    const delays: number[] = []
    Object.assign(window, { delays })
    const note = (records: MutationRecord[]) => {
      const now = performance.timeOrigin + performance.now()
      for (const { addedNodes } of records) {
        for (const { textContent } of addedNodes) {
          for (const [, sent] of (textContent ?? '').matchAll(/sent at ([\d.]+)/g)) delays.push(now - Number(sent))
        }
      }
    }
    new MutationObserver(note).observe(document.querySelector('#cells')!, { childList: true, subtree: true })
  })
  const start = performance.now()
  for (let index = 0; index < EVENTS; index += 1) {
    send(`sent at ${performance.timeOrigin + performance.now()}`, index)
    await sleep(Math.max(0, start + (index + 1) * PACE_MS - performance.now()))
  }
  await page.waitForFunction((count) => (window as { delays?: number[] }).delays!.length >= count, EVENTS)
  const delays = await page.evaluate(() => (window as { delays?: number[] }).delays!)
  await page.context().close()
  return delays
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1]!
}
