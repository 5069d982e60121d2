import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileNotebook } from '../../../test/hostile-notebook.ts'
import { oddNotebook } from '../../../test/odd-notebook.ts'
import { sampleNotebook } from '../../../test/sample-notebook.ts'
import type { DocumentCell, NotebookDocument } from '../../journal/document.ts'
import type { IpynbCell } from './cell.ts'
import { renderIpynb } from './document.ts'

interface Ipynb {
  nbformat: number
  nbformat_minor: number
  metadata: object
  cells: IpynbCell[]
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ipynb-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function read(document: NotebookDocument, budget?: number): Promise<Ipynb> {
  const options = budget === undefined ? { folder } : { folder, budget }
  return JSON.parse((await Array.fromAsync(renderIpynb(document, options))).join('')) as Ipynb
}

describe('the Jupyter notebook', () => {
  it.for([
    ['every kind of cell', sampleNotebook],
    ['odd cells', oddNotebook],
    ['hostile text', hostileNotebook],
  ] as const)('has the form of nbformat 4.5 for %s', async ([, make]) => {
    const notebook = await read(await make(folder))
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5])
    const ids = notebook.cells.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    for (const cell of notebook.cells) {
      const keys = ['cell_type', 'id', 'metadata', 'source']
      expect(Object.keys(cell).toSorted()).toEqual(
        cell.cell_type === 'code' ? [...keys, 'execution_count', 'outputs'].toSorted() : keys,
      )
    }
    const outputs = notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []))
    const data = outputs.flatMap((output) => ('data' in output ? Object.entries(output.data) : []))
    expect(data.filter(([type, value]) => !type.endsWith('json') && typeof value !== 'string')).toEqual([])
  })

  it('holds the source of every code cell, its output and its value', async () => {
    const document = await sampleNotebook(folder)
    const { cells } = await read(document)
    const sources = (all: readonly DocumentCell[]): string[] =>
      all.flatMap(({ content, children }) => [
        ...(content.kind === 'code' ? [content.source] : []),
        ...sources(children),
      ])
    const code = cells
      .filter((cell) => cell.cell_type === 'code')
      .filter(({ execution_count }) => execution_count !== null)
    expect(code.map(({ source }) => source)).toEqual(sources(document.cells))
    expect(code.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3])
    expect(code[0]?.outputs.map(({ output_type }) => output_type)).toEqual(['stream', 'stream', 'execute_result'])
    expect(code[2]?.outputs.at(-1)).toMatchObject({
      output_type: 'error',
      ename: 'TypeError',
      evalue: 'the canvas is empty',
    })
  })

  it('holds pictures as PNG or JPEG until its budget is spent, then names their files', async () => {
    const document = await sampleNotebook(folder)
    const pictures = async (budget?: number) =>
      (await read(document, budget)).cells
        .flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []))
        .flatMap((output) => ('data' in output ? Object.keys(output.data) : []))
        .filter((type) => type === 'image/png' || type === 'image/jpeg')
    expect((await pictures()).length).toBe(12)
    expect((await pictures(200_000)).length).toBeLessThan(12)
    const small = JSON.stringify(await read(document, 0))
    expect(small).toContain('octave 1 (assets/')
  })
})
