import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalWriter } from '../journal/append.ts'
import { foldEvents } from '../journal/fold.ts'
import type { CellContent } from '../journal/schema.ts'
import { JournalTail } from '../journal/tail.ts'
import type { NotebookEntry, RunRecord } from '../run/record.ts'
import { writeRunRecord } from '../run/record-file.ts'
import type { NotebookPatch } from './notebook-feed.ts'
import { startLiveServer, type LiveServer } from './server.ts'

const RUN = '2026-11-24T14-30-05Z-k3x9'
const NOTEBOOK = 'dream.experiment.ts/Deep Dream'
let dir: string
let folder: string
let journal: JournalWriter
let server: LiveServer
let cookie: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'live-'))
  folder = join(dir, RUN, NOTEBOOK)
  journal = new JournalWriter(folder)
  journal.append({
    type: 'begin',
    version: 1,
    id: 'n1',
    title: 'Deep Dream',
    file: 'dream.experiment.ts',
    test: ['Deep Dream'],
    project: '',
    run: RUN,
    attempt: 1,
    provenance: {},
  })
  await writeRunRecord(join(dir, RUN), record())
  server = await startLiveServer({ dir, run: RUN })
  cookie = await enter(server.url)
})
afterEach(async () => {
  await server.close()
  journal.close()
  await rm(dir, { recursive: true, force: true })
})

function record(change: Partial<RunRecord> = {}, notebook: Partial<NotebookEntry> = {}): RunRecord {
  return {
    version: 1,
    run: RUN,
    status: 'running',
    startedAt: Date.now(),
    command: 'vitest run',
    notebooks: [
      {
        path: NOTEBOOK,
        title: 'Deep Dream',
        file: 'dream.experiment.ts',
        test: ['Deep Dream'],
        project: '',
        attempt: 1,
        status: 'running',
        seconds: 1,
        cells: 1,
        images: 0,
        ...notebook,
      },
    ],
    ...change,
  }
}

async function enter(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

function at(path: string): string {
  return new URL(path, server.urlOf(NOTEBOOK)).href.replace(/\?token=.*$/, '')
}

async function get(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(at(path), { redirect: 'manual', ...init, headers: { cookie, ...(init.headers as object) } })
}

/** A raw request: what `fetch` would not let one say. */
function raw(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.end()
  })
}

/** A page in miniature: applies patches as the page's script does, and may be cut off at any time. */
class Reader {
  seen = 0
  readonly cells = new Map<string, { html: string; parent: string | undefined }>()

  /** @returns when `until` holds or so many messages have come */
  async read(until: () => boolean, most = Infinity): Promise<void> {
    const controller = new AbortController()
    const response = await get('-/events', {
      signal: controller.signal,
      headers: { 'Last-Event-ID': String(this.seen) },
    })
    let text = ''
    let count = 0
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
          text = text.slice(end + 2)
          if (data === undefined) continue
          const patch = JSON.parse(data) as NotebookPatch
          this.seen = patch.seq
          for (const { id, parent, html } of patch.cells) this.cells.set(id, { html, parent })
          if (++count >= most || until()) return
        }
      }
    } finally {
      controller.abort()
    }
  }
}

const words = (source: string): CellContent => ({ kind: 'markdown', source })

describe('the live page', () => {
  it('shows every cell once and in order after any number of broken connections', async () => {
    const reader = new Reader()
    let [written, changed] = [0, 0]
    const timer = setInterval(() => {
      // no more of them than a slow machine shows in the time of the test
      for (let burst = 0; burst < 3 && written < 1000; burst++)
        journal.append({ type: 'cell', cell: `c${++written}`, content: words(`w${written}`) })
      journal.append({ type: 'update', cell: `c${1 + (++changed % 3)}`, content: words(`changed at ${changed}`) })
    }, 5)
    try {
      for (let cut = 0; cut < 50; cut++) await reader.read(() => false, 1 + (cut % 2))
    } finally {
      clearInterval(timer)
    }
    journal.append({ type: 'cell', cell: 'last', content: words('the end') })
    const { cells } = foldEvents(new JournalTail(folder).read())
    const isShown = ({ id, content }: (typeof cells)[number]) =>
      reader.cells.get(id)?.html.includes(content.kind === 'markdown' ? content.source : '?') ?? false
    // A cell that took long to render has its turn later.
    await reader.read(() => cells.every(isShown))
    expect([...reader.cells.keys()]).toEqual(cells.map(({ id }) => id))
  })

  it('sends the contents only when they change', async () => {
    const contents = async (after: number) => {
      const response = await get('-/events', { headers: { 'Last-Event-ID': String(after) } })
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const data = /^data: (.*)$/m.exec(chunk)?.[1]
        if (data !== undefined) return (JSON.parse(data) as NotebookPatch).contents
      }
      throw new Error('The stream ended')
    }
    journal.append({ type: 'cell', cell: 'c1', content: words('# A heading\n\n# B\n\n# C') })
    expect(await contents(1)).toContain('A heading')
    journal.append({ type: 'cell', cell: 'c2', content: words('A paragraph.') })
    journal.append({ type: 'cell', cell: 'c3', content: { kind: 'code', source: 'one()', language: 'typescript' } })
    expect(await contents(2)).toBeUndefined()
    journal.append({ type: 'cell', cell: 'c4', content: { kind: 'details', title: 'How' } })
    expect(await contents(4)).toContain('How')
  })

  it('sends what a code cell displays with its cell, and what a box holds by itself', async () => {
    const reader = new Reader()
    journal.append({ type: 'cell', cell: 'c1', content: { kind: 'code', source: 'run()', language: 'typescript' } })
    journal.append({ type: 'cell', cell: 'c2', parent: 'c1', content: words('inside code') })
    journal.append({ type: 'cell', cell: 'c3', content: { kind: 'details', title: 'Box' } })
    await reader.read(() => reader.cells.has('c3'))
    journal.append({ type: 'cell', cell: 'c4', parent: 'c3', content: words('in the box') })
    await reader.read(() => reader.cells.has('c4'))
    expect(reader.cells.get('c1')?.html).toContain('inside code')
    expect(reader.cells.has('c2')).toBe(false)
    expect(reader.cells.get('c4')).toMatchObject({ parent: 'c3' })
  })

  it('shows where a fast plot got to in the end, though not each of its steps', async () => {
    const reader = new Reader()
    journal.append({ type: 'cell', cell: 'p', content: { kind: 'plot', spec: { x: 'step', y: 'loss' } } })
    const reading = reader.read(() => reader.cells.get('p')?.html.includes('from 1 to 400 in 400 points') ?? false)
    for (let step = 1; step <= 400; step++) {
      journal.append({ type: 'points', cell: 'p', points: [{ step, loss: step }] })
      if (step % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await reading
    expect(reader.cells.get('p')?.html).toContain('loss goes from 1 to 400')
  })

  it('says that the worker was killed when the run says so', async () => {
    const page = await get('./')
    expect(await page.text()).toContain('data-status="running"')
    const reader = new Reader()
    const killed = reader.read(() => reader.seen % 1 !== 0)
    await writeRunRecord(join(dir, RUN), record({}, { status: 'killed' }))
    await killed
    expect(await (await get('./')).text()).toContain('data-status="killed"')
  })

  it('shows the run while it goes on', async () => {
    const page = await get('../../')
    expect(await page.text()).toMatch(/Deep Dream[^]*-\/run\.js/)
  })

  it('names only relative addresses', async () => {
    for (const path of ['./', '../../']) {
      const text = await (await get(path)).text()
      const addresses = [...text.matchAll(/ (?:href|src|action)="([^"]*)"/g)].map(([, address]) => address!)
      expect(addresses.filter((address) => /^(?:\/|https?:)/.test(address))).toEqual([])
    }
  })
})

describe('files', () => {
  it('come in the parts that a video player asks for', async () => {
    await mkdir(join(folder, 'assets'), { recursive: true })
    await writeFile(join(folder, 'assets/film.mp4'), '0123456789')
    const part = async (range: string) => {
      const response = await get('assets/film.mp4', { headers: { range } })
      return [response.status, response.headers.get('content-range'), await response.text()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89'])
    expect((await part('bytes=90-')).slice(0, 2)).toEqual([416, 'bytes */10'])
  })

  it('are made when the page links to them and the run has not written them yet', async () => {
    journal.append({ type: 'cell', cell: 'c1', content: words('# A dream') })
    const response = await get('report.md')
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('A dream')])
    journal.append({ type: 'cell', cell: 'c2', content: words('It goes on') })
    expect(await (await get('report.md')).text()).toContain('It goes on')
  })

  it('that an experiment wrote run nothing when they are opened', async () => {
    await mkdir(join(folder, 'assets'), { recursive: true })
    await writeFile(join(folder, 'assets/evil.html'), '<script>alert(1)</script>')
    await writeFile(join(folder, 'assets/index.html'), '<script>alert(1)</script>')
    for (const name of ['evil.html', 'index.html']) {
      const policy = (await get(`assets/${name}`)).headers.get('content-security-policy')
      expect(policy).toMatch(/^sandbox; default-src 'none'/)
    }
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    `/${RUN}/%2e%2e/%2e%2e/secret.txt`,
    '/link.txt',
    '/out/secret.txt',
    `/${RUN}/dream.experiment.ts/Deep%20Dream/.endpoint.json`,
    '/%00',
    '/%zz',
  ])('outside the reports, hidden or behind links are not there: %s', async (path) => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'))
    try {
      await writeFile(join(outside, 'secret.txt'), 'secret')
      await writeFile(join(folder, '.endpoint.json'), '{}')
      await symlink(join(outside, 'secret.txt'), join(dir, 'link.txt'))
      await symlink(outside, join(dir, 'out'))
      expect(await raw(path, { cookie })).toBe(404)
    } finally {
      await rm(outside, { recursive: true })
    }
  })
})

describe('the door', () => {
  it('opens for the token, which then is in a cookie that scripts cannot read and no more in the address', async () => {
    const first = await fetch(server.url, { redirect: 'manual' })
    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('./')
    expect(first.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax/)
    expect((await fetch(server.url.replace(/token=./, 'token=-'), { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(at('./'))).status).toBe(401)
  })

  it('stays closed for names that resolve to this machine', async () => {
    expect(await raw('/', { cookie, host: 'evil.example' })).toBe(403)
    expect(await raw('/', { cookie, host: '127.0.0.1.evil.example' })).toBe(403)
    expect(await raw(`/${RUN}/`, { cookie, host: 'localhost:9999' })).toBe(200)
  })

  it('stays closed for pages of other sites', async () => {
    const { host, pathname } = new URL(at('-/answer/c1'))
    expect(await raw(pathname, { cookie, host, origin: 'http://evil.example' }, 'POST')).toBe(403)
    expect(await raw(pathname, { cookie, host, origin: 'null' }, 'POST')).toBe(403)
    expect(await raw(pathname, { cookie, host }, 'POST')).toBe(403)
    expect(await raw(`/${RUN}/`, { cookie, host, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await raw(pathname, { cookie, host, origin: `http://${host}` }, 'POST')).toBe(503)
  })

  it('is on loopback only', async () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    await expect(startLiveServer({ dir, run: RUN, port: Number(new URL(server.url).port) })).rejects.toThrow(
      /port \d+ is in use/,
    )
  })
})
