import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { animation } from '../../../test/pattern.ts'
import { mapPages } from '../../../test/pdf-pages.ts'
import { SampleNotebook } from '../../../test/sample-notebook.ts'
import { attachmentsOf } from '../attachment.ts'
import { renderPdf } from './document.ts'

const folder = mkdtempSync(join(tmpdir(), 'pdf-content-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Page {
  text: string
  links: string[]
  pictures: number
}

describe('the PDF of a notebook', { timeout: 60_000 }, () => {
  it.each([
    [
      'is no XML',
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><g transform="scale(2)"><rect width="9"></svg>',
    ],
    ['is empty', ''],
  ])('names an SVG that %s, and shows what comes after it', async (_, svg) => {
    const notebook = new SampleNotebook(folder)
    notebook.add({ kind: 'display', data: { 'image/svg+xml': svg, 'text/plain': 'torn' } })
    notebook.add({ kind: 'markdown', source: 'What comes after.' })
    const text = textOf(await pagesOf(notebook))
    expect(text).toContain('The picture “torn” cannot be shown: it is damaged, or no picture.')
    expect(text).toContain('What comes after.')
  })

  it('shows as a picture an SVG that cannot be drawn as vectors', async () => {
    const notebook = new SampleNotebook(folder)
    const broken = '<image width="20" height="20" href="data:image/png;base64,AAAA"/>'
    notebook.add({
      kind: 'display',
      data: {
        'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40"><rect width="90" height="40"/>${broken}</svg>`,
      },
    })
    expect((await pagesOf(notebook))[0]?.pictures).toBe(1)
  })

  it('names a picture that is missing, damaged or not the notebook’s own, and no file of this machine', async () => {
    const notebook = new SampleNotebook(folder)
    const damaged = await notebook.asset('no pixels', 'png', 'image/png')
    for (const path of ['assets/gone.png', '../secret.png', damaged.path]) {
      const image = { ...damaged, path, width: 20, height: 20 }
      notebook.add({ kind: 'image', image, alt: 'x' })
    }
    const text = textOf(await pagesOf(notebook)).replaceAll(/\s+/g, ' ')
    expect(text).toContain('cannot be shown: there is no file assets/gone.png.')
    expect(text).toContain('cannot be shown: there is no file ../secret.png.')
    expect(text.replaceAll(' ', '')).toContain(`cannotbeshown:${damaged.path}isdamaged,ornopicture.`)
    expect(text).not.toContain(folder)
  })

  it('shows pictures of every format, each once in the file however often it is shown', async () => {
    const notebook = new SampleNotebook(folder)
    const pixels = sharp({ create: { width: 90, height: 60, channels: 4, background: '#0b5d8a80' } })
    const avif = {
      ...(await notebook.asset(await pixels.avif().toBuffer(), 'avif', 'image/avif')),
      width: 90,
      height: 60,
    }
    const film = { ...(await notebook.asset(await animation(), 'webp', 'image/webp')), width: 160, height: 120 }
    const formats = ['png', 'jpeg', 'webp', 'gif', 'alpha'] as const
    const drawn = await Promise.all(formats.map((format, index) => notebook.image(90, 60, index, format)))
    for (const image of [...drawn, avif, film, drawn[0]!]) notebook.add({ kind: 'image', image, alt: 'x' })
    const pages = await pagesOf(notebook)
    expect(pages.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(8)
    const bytes = await buffer(renderPdf(notebook.document(), { folder }))
    expect(bytes.toString('latin1').match(/\/Subtype \/Image\b/g)).toHaveLength(7)
  })

  it('shows the pictures that a question was answered with', async () => {
    const notebook = new SampleNotebook(folder)
    const { path, bytes, mediaType } = await notebook.image(64, 48)
    notebook.add(
      { kind: 'question', fields: { mask: { type: 'mask', label: 'The mask' } } },
      { end: { seconds: 2, answer: { mask: { name: 'mask.png', path, bytes, mediaType } } } },
    )
    const [page] = await pagesOf(notebook)
    expect(page).toMatchObject({ pictures: 1, text: expect.stringContaining('The mask: mask.png') })
    expect(page?.text).not.toContain('[mask.png]')
  })

  it('cuts neither a long title of a cell nor its place', async () => {
    const notebook = new SampleNotebook(folder)
    const title = `${'A cell whose title goes on and on, '.repeat(8)}to its end`
    const file = `experiments/${'a-long-name-'.repeat(12)}.experiment.ts`
    notebook.add({
      kind: 'code',
      title,
      source: 'await dream()',
      language: 'typescript',
      location: { file, line: 120, column: 3, endLine: 121 },
    })
    const text = textOf(await pagesOf(notebook)).replaceAll(/\s/g, '')
    expect(text).toContain(title.replaceAll(/\s/g, ''))
    expect(text).toContain('.experiment.ts:120')
  })

  it('leads to the whole of a value that it cuts', async () => {
    const notebook = new SampleNotebook(folder)
    const value = Array.from({ length: 300 }, (_, line) => `line ${line}`).join('\n')
    const { id } = notebook.add({ kind: 'display', data: { 'text/plain': value } })
    const pages = await pagesOf(notebook)
    const path = `values/${id}.txt`
    expect(pages.flatMap(({ links }) => links)).toContainEqual(expect.stringMatching(new RegExp(`${path}$`)))
    expect(
      attachmentsOf(notebook.document())
        .find((one) => one.path === path)
        ?.read(),
    ).toBe(value)
  })

  it('says which characters no font has, and what to install', async () => {
    const notebook = new SampleNotebook(folder)
    notebook.add({ kind: 'markdown', source: 'ไทย and ༀ' })
    notebook.add({ kind: 'plot', spec: { title: 'Loss', x: 'step', y: 'loss', xLabel: '한' } })
    const text = textOf(await pagesOf(notebook)).replaceAll(/\s/g, '')
    for (const point of ['U+0E44', 'U+0F00', 'U+D55C']) expect(text).toContain(point)
    expect(text).toContain('npmi-D@expo-google-fonts/noto-sans-thai')
    expect(text).toContain('@expo-google-fonts/noto-sans-kr')
    const plain = new SampleNotebook(folder)
    plain.add({ kind: 'markdown', source: 'Words.' })
    expect(textOf(await pagesOf(plain))).not.toContain('No font here')
  })

  it.each([
    ['the title of a question', 'Where to dream?', 'field'],
    ['a text before a list', 'What is introduced:', 'first of all'],
    ['a text before a table', 'What is tabled:', 'the only column'],
    ['the caption of a table', 'last row', 'The caption below'],
  ])('leaves %s on the page of what it belongs to, wherever the page ends', async (_, first, next) => {
    for (let lines = 20; lines < 45; lines += 1) {
      const notebook = new SampleNotebook(folder)
      notebook.add({
        kind: 'markdown',
        source: Array.from({ length: lines }, (_, line) => `Line ${line}.  `).join('\n'),
      })
      addPair(notebook, first)
      const page = (await pagesOf(notebook)).find(({ text }) => text.includes(first))
      expect(page?.text, `after ${lines} lines`).toContain(next)
    }
  })
})

function addPair(notebook: SampleNotebook, first: string): void {
  if (first === 'Where to dream?') {
    const answer = { layer: 'mixed4c' }
    notebook.add(
      { kind: 'question', title: first, fields: { layer: { type: 'text' } } },
      { end: { seconds: 1, answer } },
    )
  } else if (first === 'last row') {
    const columns = [{ name: 'row', type: 'string' as const }]
    notebook.add({
      kind: 'table',
      columns,
      rows: [['one'], ['two'], [first]],
      caption: 'The caption below',
      statistics: false,
    })
  } else {
    const source = first.includes('tabled') ? '| the only column |\n|---|\n| x |' : '- first of all\n- second'
    notebook.add({ kind: 'markdown', source: `${first}\n\n${source}` })
  }
}

async function pagesOf(notebook: SampleNotebook): Promise<Page[]> {
  return await mapPages(notebook.document(), folder, async (page) => {
    const { items } = await page.getTextContent()
    const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('')
    const annotations = (await page.getAnnotations()) as { url?: string; unsafeUrl?: string }[]
    const links = annotations.map(({ url, unsafeUrl }) => unsafeUrl ?? url ?? '')
    const { fnArray } = await page.getOperatorList()
    return { text, links, pictures: fnArray.filter((one) => one === OPS.paintImageXObject).length }
  })
}

function textOf(pages: readonly Page[]): string {
  return pages.map(({ text }) => text).join('\n')
}
