import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oddNotebook } from '../../../test/odd-notebook.ts'
import { hostileNotebook } from '../../../test/hostile-notebook.ts'
import { sampleNotebook, SampleNotebook } from '../../../test/sample-notebook.ts'
import type { NotebookDocument } from '../../journal/document.ts'
import { attachmentsOf } from '../attachment.ts'
import { parseMarkdown } from '../parse.ts'
import { renderMarkdown } from './document.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'markdown-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function textOf(document: NotebookDocument): Promise<string> {
  return (await Array.fromAsync(renderMarkdown(document))).join('')
}

async function proseOf(...sources: string[]): Promise<string> {
  const notebook = new SampleNotebook(folder)
  for (const source of sources) notebook.add({ kind: 'markdown', source })
  const text = await textOf(notebook.document({ begin: { ...notebook.document().begin, provenance: {} } }))
  return text.split('| layer | mixed4c |\n')[1]!.split('\n---\n')[0]!.trim()
}

describe('the Markdown report', () => {
  it('links every picture, table, log and plot to a file of the folder', async () => {
    const document = await sampleNotebook(folder)
    const text = await textOf(document)
    const files = new Set(attachmentsOf(document).map(({ path }) => path))
    const links = [...text.matchAll(/(?:\]\(|(?:src|href)=")((?:assets|tables|logs|plots)\/[^)"]+)/g)].map(
      ([, path]) => path!,
    )
    expect(links.length).toBeGreaterThan(15)
    for (const path of links) expect(path.startsWith('assets/') || files.has(path)).toBe(true)
    for (const path of files) expect(links).toContain(path)
    expect(text).not.toContain('data:')
  })

  it('keeps math, Mermaid, tables and task lists as GitHub reads them', async () => {
    const text = await textOf(await sampleNotebook(folder))
    expect(text).toContain('with features $F^\\ell$ the dream')
    expect(text).toMatch(/\$\$\n\\mathcal\{L\}\(x\) = /)
    expect(text).toContain('- [x] gradients agree')
    expect(text).toContain('| `mixed4c` | eyes, wheels, dogs | 1.00 |')
    expect(await textOf(await oddNotebook(folder))).toContain('```mermaid\nflowchart LR\n')
  })

  it('gives headings the levels of the report, without a gap', async () => {
    const text = await textOf(await sampleNotebook(folder))
    const levels = parseMarkdown(text).children.flatMap((node) => (node.type === 'heading' ? [node.depth] : []))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1))
  })

  it('fences code whatever backticks it holds', async () => {
    const notebook = new SampleNotebook(folder)
    const source = 'const fence = "````"\n```\nnot the end'
    notebook.add({ kind: 'code', source, language: 'typescript' })
    const found = parseMarkdown(await textOf(notebook.document())).children.find((node) => node.type === 'code')
    expect(found).toMatchObject({ value: source, lang: 'ts' })
  })

  it('keeps what one cell leaves open from reaching into the next', async () => {
    expect(await proseOf('```\nnever closed', 'after it')).toBe('```\nnever closed\n```\n\nafter it')
    const open = await proseOf('<details><summary>never closed</summary>\n\ninside', 'after **it**')
    expect(open).not.toMatch(/^<details>/m)
    expect(open).toContain('after **it**')
    const comment = await proseOf('<!-- never closed', 'after **it**')
    expect(comment).toContain('\\<!-- never closed')
  })

  it('keeps references and footnotes of cells apart', async () => {
    const text = await proseOf(
      '[a][x] and[^1]\n\n[x]: https://one.example/\n\n[^1]: one',
      '[b][x]\n\n[x]: https://two.example/',
    )
    expect(text).toContain('[a](https://one.example/)')
    expect(text).toContain('[b](https://two.example/)')
    expect(text).toMatch(/\[\^c1-1\]: one/)
  })

  it('does not join two lists in a row', async () => {
    const text = await proseOf('- one', '- two')
    expect(parseMarkdown(text).children.filter(({ type }) => type === 'list')).toHaveLength(2)
  })

  it('reads hostile text as text wherever it is not prose', async () => {
    const document = await hostileNotebook(folder)
    const text = await textOf({
      ...document,
      cells: document.cells.filter(({ content }) => content.kind !== 'markdown'),
    })
    const visit = (node: object): string[] => [
      ...('type' in node && node.type === 'html' ? [(node as unknown as { value: string }).value] : []),
      ...('url' in node && /^javascript/i.test(String(node.url)) ? [String(node.url)] : []),
      ...('children' in node ? (node.children as object[]).flatMap(visit) : []),
    ]
    const markup = visit(parseMarkdown(text)).filter((html) =>
      /<(?:script|iframe|svg|base)|javascript:|\son\w+\s*=/i.test(
        html.replace(/(?:alt|title)="[^"]*"/g, '').replace(/<summary>.*<\/summary>/g, ''),
      ),
    )
    expect(markup).toEqual([])
    expect(text.length).toBeGreaterThan(2000)
  })

  it('shows what was answered, pictures too, under the labels of the form', async () => {
    const text = await textOf(await oddNotebook(folder))
    expect(text).toMatch(/\| The mask \| !\[mask\.png\]\(assets\/[\da-f]{64}\.png\) \|/)
    expect(text).toContain('**Go on?** waits for an answer to steps, name')
  })

  it('says of a killed notebook where it stopped', async () => {
    const text = await textOf(await oddNotebook(folder))
    expect(text).toContain('**killed**')
    expect(text).toContain('in “Upscale”')
  })
})
