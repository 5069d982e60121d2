import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oddNotebook } from '../../test/odd-notebook.ts'
import { writeJournal } from '../../test/sample-journal.ts'
import { SampleNotebook, sampleNotebook } from '../../test/sample-notebook.ts'
import { renderNotebook } from './notebook.ts'

const run = promisify(execFile)
const PROGRAM = new URL('../../test/render-folder.ts', import.meta.url).pathname

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'render-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** sha256 of every file but the assets. */
async function fingerprints(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    if (path.startsWith('assets')) continue
    const data = await readFile(join(folder, path)).catch(() => undefined)
    if (data) found[path] = createHash('sha256').update(data).digest('hex')
  }
  return found
}

describe('the reports of one journal', () => {
  it.for([
    ['a folder', []],
    ['a single file', ['--single']],
  ] as const)(
    'are the same bytes in any process, time zone and locale, as %s',
    { timeout: 120_000 },
    async ([, flags]) => {
      for (const make of [sampleNotebook, oddNotebook]) {
        const first = await mkdtemp(join(root, 'first-'))
        await writeJournal(first, await make(first))
        const second = await mkdtemp(join(root, 'second-with-a-longer-name-'))
        await cp(first, second, { recursive: true })
        const environments = [
          { TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
          { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' },
        ]
        for (const [index, folder] of [first, second].entries()) {
          await run(process.execPath, [PROGRAM, folder, ...flags], { env: { ...process.env, ...environments[index] } })
        }
        const prints = await fingerprints(first)
        expect(Object.keys(prints)).toEqual(
          expect.arrayContaining(['index.html', 'report.ipynb', 'report.md', 'report.zip']),
        )
        expect(await fingerprints(second)).toEqual(prints)
      }
    },
  )

  it('are written although one of them cannot be, and the page does not link to that one', async () => {
    const folder = await mkdtemp(join(root, 'blocked-'))
    await writeJournal(folder, await sampleNotebook(folder))
    await cp(join(folder, 'assets'), join(folder, 'report.md'), { recursive: true })
    const { files, problems } = await renderNotebook(folder, { formats: ['html', 'md', 'ipynb'] })
    expect(files).toEqual({ html: 'index.html', ipynb: 'report.ipynb' })
    expect(problems).toEqual([expect.stringMatching(/^Markdown of “Deep Dream” could not be written: .*report\.md/)])
    const page = await readFile(join(folder, 'index.html'), 'utf8')
    expect(page).toContain('href="report.ipynb"')
    expect(page).not.toContain('href="report.md"')
    expect((await readdir(folder)).filter((name) => name.includes('draft'))).toEqual([])
  })

  it('render of a journal that is cut anywhere', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(root, 'cut-'))
    await writeJournal(folder, await sampleNotebook(folder))
    const lines = (await readFile(join(folder, 'journal.jsonl'), 'utf8')).split('\n')
    for (let kept = 1; kept < lines.length; kept += 5) {
      await writeFile(join(folder, 'journal.jsonl'), `${lines.slice(0, kept).join('\n')}\n${lines[kept]!.slice(0, 20)}`)
      const { problems } = await renderNotebook(folder, { formats: ['html', 'md'], writerGone: true })
      expect(problems).toEqual([])
      expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('<span class="status killed">')
    }
  })

  it('hold a picture whose asset is missing as a link', async () => {
    const folder = await mkdtemp(join(root, 'missing-'))
    const notebook = new SampleNotebook(folder)
    const image = { path: 'assets/gone.png', bytes: 3, mediaType: 'image/png', width: 40, height: 30 }
    notebook.add({ kind: 'image', image, alt: 'A picture that is gone' })
    await writeJournal(folder, notebook.document())
    const formats = ['html', 'md', 'ipynb', 'zip'] as const
    const { files, problems } = await renderNotebook(folder, { formats, singleFile: true })
    expect(problems).toEqual([])
    expect(Object.keys(files)).toEqual([...formats])
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain(
      '<a class="missing" href="assets/gone.png">A picture that is gone</a>',
    )
  })
})
