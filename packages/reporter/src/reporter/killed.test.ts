import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'

it(
  'a run whose processes are all killed leaves journals, of which one command makes every report',
  { timeout: 90_000 },
  async () => {
    using project = createProject({
      'slow.experiment.ts': `import { test } from 'vitest-notebook'
test('Slow', async ({ notebook }) => {
  notebook.md('written: ' + process.pid)
  await notebook.code('wait for ever', () => new Promise(() => {}))
})`,
    })
    const { child, ended } = project.start()
    await vi.waitFor(() => expect(existsSync(join(project.root, 'reports'))).toBe(true), 30_000)
    await vi.waitFor(() => expect(project.record().notebooks).toHaveLength(1), 30_000)
    const read = () => project.read('slow.experiment.ts/slow')
    await vi.waitFor(async () => expect((await read()).cells).toHaveLength(2), 30_000)
    const [first] = (await read()).cells
    if (first?.content.kind !== 'markdown') throw new Error('The first cell is no prose')
    process.kill(child.pid!, 'SIGKILL')
    process.kill(Number(first.content.source.replace('written: ', '')), 'SIGKILL')
    await ended
    const run = join(project.root, 'reports', project.runs()[0]!)
    expect(await project.notebook(['render', run])).toMatchObject({ code: 0 })
    const report = (name: string) => readFileSync(join(run, 'slow.experiment.ts/slow', name))
    for (const name of ['index.html', 'report.md']) {
      expect(report(name).toString()).toContain(first.content.source)
      expect(report(name).toString()).toContain('wait for ever')
    }
    expect(report('report.pdf').subarray(0, 5).toString()).toBe('%PDF-')
    expect(readFileSync(join(run, 'index.md'), 'utf8')).toContain('It was at work on *wait for ever*.')
    expect(project.record().notebooks).toMatchObject([{ status: 'killed', inFlight: 'wait for ever' }])
  },
)
