import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { writeJournal } from '../../../test/sample-journal.ts'
import { sampleNotebook } from '../../../test/sample-notebook.ts'
import { renderNotebook } from '../notebook.ts'
import { Renderer } from './renderer.ts'

const folder = mkdtempSync(join(tmpdir(), 'renderer-'))
const options = { formats: ['html', 'md', 'pdf'], writerGone: true } as const
const renderer = new Renderer()
beforeAll(async () => writeJournal(folder, await sampleNotebook(folder)))
afterEach(() => renderer.close())
afterAll(() => rmSync(folder, { recursive: true }))

describe('a process that renders', { timeout: 60_000 }, () => {
  it('writes what this one would, byte for byte', async () => {
    const read = () => ['index.html', 'report.md', 'report.pdf'].map((name) => readFileSync(join(folder, name)))
    const files = { html: 'index.html', md: 'report.md', pdf: 'report.pdf' }
    expect(await renderer.render(folder, options)).toEqual({ files, problems: [] })
    const theirs = read()
    await renderNotebook(folder, options)
    expect(read().map((bytes, index) => bytes.equals(theirs[index]!))).toEqual([true, true, true])
  })

  it('says how it ended when it did not get to the end, and the next notebook gets another', async () => {
    const cut = renderer.render(folder, options)
    process.kill(renderer.pid!, 'SIGKILL')
    await expect(cut).rejects.toMatchObject({ code: 'NOTEBOOK_RENDER', message: expect.stringContaining('(SIGKILL)') })
    expect((await renderer.render(folder, options)).problems).toEqual([])
  })

  it('hands on what is wrong with a journal', async () => {
    await expect(renderer.render(join(folder, 'assets'), options)).rejects.toMatchObject({
      code: 'NOTEBOOK_READ',
      message: expect.stringContaining(join(folder, 'assets')),
    })
  })
})
