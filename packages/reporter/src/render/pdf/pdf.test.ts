import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../../test/random.ts'
import { oddNotebook } from '../../../test/odd-notebook.ts'
import { sampleNotebook, SampleNotebook, TORTURE } from '../../../test/sample-notebook.ts'
import type { NotebookDocument } from '../../journal/document.ts'
import { outlineOf } from '../outline.ts'
import { renderPdf } from './document.ts'
import { Flow, type Slice } from './flow/flow.ts'

const folder = mkdtempSync(join(tmpdir(), 'pdf-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function render(document: NotebookDocument): Promise<Buffer> {
  return await buffer(renderPdf(document, { folder }))
}

describe('the PDF of a notebook', { timeout: 60_000 }, () => {
  let document: NotebookDocument
  let bytes: Buffer
  let pdf: Awaited<ReturnType<typeof getDocument>['promise']>

  beforeAll(async () => {
    document = await sampleNotebook(folder)
    bytes = await render(document)
    pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  }, 60_000)

  it('is a whole file', () => {
    writeFileSync(join(folder, 'sample.pdf'), bytes)
    expect(execFileSync('qpdf', ['--check', join(folder, 'sample.pdf')]).toString()).toContain(
      'No syntax or stream encoding errors',
    )
  })

  it('has its title, language and tags', async () => {
    const { info } = await pdf.getMetadata()
    expect(info).toMatchObject({ Title: document.begin.title, Language: 'en' })
    expect(await pdf.getMarkInfo()).toMatchObject({ Marked: true })
    const types = new Set<string>()
    for (let page = 1; page <= pdf.numPages; page += 1) collect(await (await pdf.getPage(page)).getStructTree(), types)
    expect([...types]).toEqual(
      expect.arrayContaining(['H1', 'H2', 'P', 'Figure', 'Table', 'TH', 'TD', 'L', 'LBody', 'Link', 'TOC', 'Code']),
    )
  })

  it('has every heading in its outline, and in its contents the pages on which they are', async () => {
    const entries = outlineOf(document).entries
    const titles: string[] = []
    const visit = (items: Awaited<ReturnType<typeof pdf.getOutline>>): void => {
      for (const { title, items: inside } of items ?? []) {
        titles.push(title)
        visit(inside)
      }
    }
    visit(await pdf.getOutline())
    expect(titles).toEqual(entries.map(({ text }) => text))
    const first = await linesOf(1)
    for (const entry of entries.filter(({ level }) => level <= 4)) {
      const destination = await pdf.getDestination(entry.anchor)
      const page = (await pdf.getPageIndex(destination?.[0] as never)) + 1
      const line = [...first, ...(await linesOf(2))].find((one) => one.startsWith(entry.text) && /\d$/.test(one))
      expect(line?.slice(entry.text.length).trim()).toBe(String(page))
    }
  })

  it('says its page on every page, and its title once: large, or at the head', async () => {
    for (let page = 1; page <= pdf.numPages; page += 1) {
      const lines = await linesOf(page)
      expect(lines.join('\n')).toContain(`page ${page} of ${pdf.numPages}`)
      expect(lines.filter((line) => line === document.begin.title)).toHaveLength(1)
    }
  })

  it('is the same bytes for the same journal', async () => {
    const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
    expect(hash(await render(await sampleNotebook(folder)))).toBe(hash(bytes))
  })

  it('keeps text of many scripts as it was written', async () => {
    const notebook = new SampleNotebook(folder)
    notebook.add({ kind: 'markdown', source: TORTURE })
    const odd = await getDocument({ data: new Uint8Array(await render(notebook.document())), verbosity: 0 }).promise
    const { items } = await (await odd.getPage(1)).getTextContent()
    const text = items.map((item) => ('str' in item ? item.str : '')).join('')
    for (const word of ['Łódź', 'naïve', 'Ελληνικά', 'Кириллица', '∑∫√≈≠≤∞', '┌─┬─┐', '日本語の文章', '⠋⠙⠹ ⣿', '😀 🚀'])
      expect(text).toContain(word)
  })

  it('shows what a killed notebook had, and says so', async () => {
    const killed = await getDocument({
      data: new Uint8Array(await render({ ...document, status: 'killed' })),
      verbosity: 0,
    }).promise
    const { items } = await (await killed.getPage(1)).getTextContent()
    expect(items.map((item) => ('str' in item ? item.str : '')).join(' ')).toMatch(
      /killed[\s\S]*The worker was gone before the notebook ended/,
    )
  })

  it('takes odd notebooks as they come', async () => {
    expect((await render(await oddNotebook(folder))).subarray(0, 5).toString()).toBe('%PDF-')
  })

  async function linesOf(number: number): Promise<string[]> {
    const { items } = await (await pdf.getPage(number)).getTextContent()
    const lines = new Map<number, string>()
    for (const item of items) {
      if (!('str' in item)) continue
      const y = Math.round((item.transform as number[])[5] ?? 0)
      lines.set(y, `${lines.get(y) ?? ''}${item.str}`)
    }
    return [...lines.values()]
  }
})

function collect(node: unknown, types: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  const { role, children } = node as { role?: string; children?: unknown[] }
  if (role) types.add(role)
  for (const child of children ?? []) collect(child, types)
}

describe('the flow of slices over pages', () => {
  it('cuts none, drops none, and leaves no heading alone at the foot of a page', () => {
    const random = createRandom(7)
    for (let round = 0; round < 300; round += 1) {
      const drawn: { index: number; page: number; y: number; height: number }[] = []
      let page = 0
      const flow = new Flow({ top: 70, bottom: 770, next: () => void (page += 1) })
      const slices: Slice[] = Array.from({ length: 60 }, (_, index) => {
        const height = 5 + random.below(random.below(10) === 0 ? 500 : 60)
        return {
          height,
          space: random.below(20),
          keepWithNext: random.below(4) === 0 && index < 59,
          draw: (y) => void drawn.push({ index, page, y, height }),
        }
      })
      for (const slice of slices) flow.add(slice)
      flow.finish()
      expect(drawn.map(({ index }) => index)).toEqual(slices.map((_, index) => index))
      for (const { y, height } of drawn) {
        expect(y).toBeGreaterThanOrEqual(70)
        expect(y + height).toBeLessThanOrEqual(770.02)
      }
      // Only what fits no page may be parted.
      const parted = drawn.filter(({ index, page: on }, order) => {
        const next = drawn[order + 1]
        return slices[index]?.keepWithNext && next && next.page !== on && groupHeight(slices, index) <= 700
      })
      expect(parted).toEqual([])
    }
  })
})

/** Height of what holds together around a slice. */
function groupHeight(slices: readonly Slice[], index: number): number {
  let [first, last] = [index, index]
  while (first > 0 && slices[first - 1]?.keepWithNext) first -= 1
  while (slices[last]?.keepWithNext) last += 1
  return slices
    .slice(first, last + 1)
    .reduce((sum, { height, space = 0 }, at) => sum + height + (at > 0 ? space : 0), 0)
}
