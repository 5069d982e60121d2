import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { liveRecord, RUN, useLiveRun } from '../../test/live-run.ts'
import { foldEvents } from '../journal/fold.ts'
import type { CellContent } from '../journal/schema.ts'
import { JournalTail } from '../journal/tail.ts'
import { writeRunRecord } from '../run/record-file.ts'
import type { NotebookPatch } from './notebook-feed.ts'

const live = useLiveRun()

/** A page in miniature: applies patches as the page's script does, and may be cut off at any time. */
class Reader {
  seen = 0
  readonly cells = new Map<string, { html: string; parent: string | undefined }>()

  /** @returns when `until` holds or so many messages have come */
  async read(until: () => boolean, most = Infinity): Promise<void> {
    const controller = new AbortController()
    const response = await live.get('-/events', {
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
        live.journal.append({ type: 'cell', cell: `c${++written}`, content: words(`w${written}`) })
      live.journal.append({ type: 'update', cell: `c${1 + (++changed % 3)}`, content: words(`changed at ${changed}`) })
    }, 5)
    try {
      for (let cut = 0; cut < 50; cut++) await reader.read(() => false, 1 + (cut % 2))
    } finally {
      clearInterval(timer)
    }
    live.journal.append({ type: 'cell', cell: 'last', content: words('the end') })
    const { cells } = foldEvents(new JournalTail(live.folder).read())
    const isShown = ({ id, content }: (typeof cells)[number]) =>
      reader.cells.get(id)?.html.includes(content.kind === 'markdown' ? content.source : '?') ?? false
    // A cell that took long to render has its turn later.
    await reader.read(() => cells.every(isShown))
    expect([...reader.cells.keys()]).toEqual(cells.map(({ id }) => id))
  })

  it('sends the contents only when they change', async () => {
    const contents = async (after: number) => {
      const response = await live.get('-/events', { headers: { 'Last-Event-ID': String(after) } })
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const data = /^data: (.*)$/m.exec(chunk)?.[1]
        if (data !== undefined) return (JSON.parse(data) as NotebookPatch).contents
      }
      throw new Error('The stream ended')
    }
    live.journal.append({ type: 'cell', cell: 'c1', content: words('# A heading\n\n# B\n\n# C') })
    expect(await contents(1)).toContain('A heading')
    live.journal.append({ type: 'cell', cell: 'c2', content: words('A paragraph.') })
    live.journal.append({
      type: 'cell',
      cell: 'c3',
      content: { kind: 'code', source: 'one()', language: 'typescript' },
    })
    expect(await contents(2)).toBeUndefined()
    live.journal.append({ type: 'cell', cell: 'c4', content: { kind: 'details', title: 'How' } })
    expect(await contents(4)).toContain('How')
  })

  it('sends what a code cell displays with its cell, and what a box holds by itself', async () => {
    const reader = new Reader()
    live.journal.append({
      type: 'cell',
      cell: 'c1',
      content: { kind: 'code', source: 'run()', language: 'typescript' },
    })
    live.journal.append({ type: 'cell', cell: 'c2', parent: 'c1', content: words('inside code') })
    live.journal.append({ type: 'cell', cell: 'c3', content: { kind: 'details', title: 'Box' } })
    await reader.read(() => reader.cells.has('c3'))
    live.journal.append({ type: 'cell', cell: 'c4', parent: 'c3', content: words('in the box') })
    await reader.read(() => reader.cells.has('c4'))
    expect(reader.cells.get('c1')?.html).toContain('inside code')
    expect(reader.cells.has('c2')).toBe(false)
    expect(reader.cells.get('c4')).toMatchObject({ parent: 'c3' })
  })

  it('shows where a fast plot got to in the end, though not each of its steps', async () => {
    const reader = new Reader()
    live.journal.append({ type: 'cell', cell: 'p', content: { kind: 'plot', spec: { x: 'step', y: 'loss' } } })
    const reading = reader.read(() => reader.cells.get('p')?.html.includes('from 1 to 400 in 400 points') ?? false)
    for (let step = 1; step <= 400; step++) {
      live.journal.append({ type: 'points', cell: 'p', points: [{ step, loss: step }] })
      if (step % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await reading
    expect(reader.cells.get('p')?.html).toContain('loss goes from 1 to 400')
  })

  it('says that the worker was killed when the run says so', async () => {
    const page = await live.get('./')
    expect(await page.text()).toContain('data-status="running"')
    const reader = new Reader()
    const killed = reader.read(() => reader.seen % 1 !== 0)
    await writeRunRecord(join(live.dir, RUN), liveRecord({}, { status: 'killed' }))
    await killed
    expect(await (await live.get('./')).text()).toContain('data-status="killed"')
  })

  it('shows the run while it goes on', async () => {
    const page = await live.get('../../')
    expect(await page.text()).toMatch(/Deep Dream[^]*-\/run\.js/)
  })

  it('names only relative addresses', async () => {
    for (const path of ['./', '../../']) {
      const text = await (await live.get(path)).text()
      const addresses = [...text.matchAll(/ (?:href|src|action)="([^"]*)"/g)].map(([, address]) => address!)
      expect(addresses.filter((address) => /^(?:\/|https?:)/.test(address))).toEqual([])
    }
  })
})
