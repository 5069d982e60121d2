import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsOf } from './axe.ts'
import { TestBrowser } from './browser.ts'
import { createProject, type Project } from './project.ts'

const PICTURES = join(import.meta.dirname, '../../../experiments/pictures')
const PAINT = `import { choice, picture, test } from 'vitest-notebook'
const params = { size: 64, style: choice('oil', 'ink'), seed: 1, image: picture('${join(PICTURES, 'cat.jpg')}', { label: 'the photograph' }) }
test('Paint', { params, retry: 1 }, async ({ notebook, params, task }) => {
  notebook.md(JSON.stringify({ ...params, image: [params.image.name, params.image.data.length] }))
  if (task.result?.retryCount === 0) throw new Error('once')
})`

let browser: TestBrowser
beforeAll(async () => {
  browser = await TestBrowser.launch()
})
afterAll(() => browser[Symbol.asyncDispose]())

describe('an experiment that asks for its parameters', () => {
  it('begins with what somebody sets in the browser, once, and can be run again with it', async () => {
    using project = createProject({ 'paint.experiment.ts': PAINT }, { formats: ['html', 'md'] })
    const { ended, url, said } = await startAsking(project, ['--param', 'size=96', '--ask=100s'])
    expect(said()).toMatch(/ Asks {5}Paint: Parameters {2}http:/)
    const run = await browser.open(url)
    await run.getByText('Waits for an answer: Parameters').waitFor()
    await run.getByRole('link', { name: 'Paint' }).click()
    const form = run.locator('form.ask')
    await form.getByText('begins by itself in 1:').waitFor()
    expect(await form.getByLabel('size').inputValue()).toBe('96')
    expect(await violationsOf(run)).toEqual([])
    await form.getByLabel('size').fill('128')
    await form.getByLabel('style').selectOption('ink')
    await form.getByLabel('the photograph').setInputFiles(join(PICTURES, 'pagoda.jpg'))
    await form.getByRole('button', { name: 'Begin' }).click()
    const { code, output } = await ended
    expect({ code, output }).toMatchObject({ code: 0 })
    expect([browser.complaints, browser.outside]).toEqual([[], []])
    await run.context().close()

    const bytes = readFileSync(join(PICTURES, 'pagoda.jpg')).length
    const expected = { size: 128, style: 'ink', seed: 1, image: ['pagoda.jpg', bytes] }
    const paths = ['paint', 'paint-2'].map((name) => `paint.experiment.ts/${name}`)
    for (const path of paths) expect(await valuesOf(project, path)).toEqual(expected)
    const { begin } = await project.read(paths[1]!)
    expect(begin.parameters?.values).toMatchObject({ size: 128, style: 'ink', image: { name: 'pagoda.jpg', bytes } })
    const report = readFileSync(join(project.root, 'reports/latest', paths[1]!, 'report.md'), 'utf8')
    expect(report).toContain('| size | 128 |')

    const again = begin.provenance.command!.split(/[\s\\]+/)
    expect(again.slice(0, 4)).toEqual(['npx', 'vitest-notebook', 'run', 'paint.experiment.ts'])
    expect(await project.notebook(again.slice(2))).toMatchObject({ code: 0 })
    expect(await valuesOf(project, paths[0]!)).toEqual({ ...expected, image: [expect.stringMatching(/jpg$/), bytes] })
  })

  it('begins as it is when the time is over, and a replay has what was set', async () => {
    using project = createProject({ 'paint.experiment.ts': PAINT }, { formats: [] })
    const first = await startAsking(project, ['--ask=100s'])
    const page = await browser.open(first.notebook)
    await page.locator('form.ask').getByLabel('size').fill('7')
    await page.getByRole('button', { name: 'Begin' }).click()
    await first.ended
    await page.context().close()
    const [earlier] = project.runs()
    const replay = await project.notebook(['run', 'paint.experiment.ts', '--replay', join('reports', earlier!)])
    expect(replay).toMatchObject({ code: 0 })
    expect(await valuesOf(project, 'paint.experiment.ts/paint')).toMatchObject({ size: 7, style: 'oil' })
    expect(await project.notebook(['run', 'paint.experiment.ts', '--ask=1s'])).toMatchObject({ code: 0 })
    expect(await valuesOf(project, 'paint.experiment.ts/paint')).toMatchObject({ size: 64, style: 'oil' })
  })
})

/** Starts a run, and gives the addresses of its page and of its notebook as soon as it asks. */
async function startAsking(project: Project, args: string[]) {
  const { child, ended } = project.startNotebook(['run', 'paint.experiment.ts', ...args])
  let said = ''
  while (!/ Asks .*token=\S+/.test(said)) said += String((await once(child.stdout!, 'data'))[0])
  const [, url] = / Live +(\S+)/.exec(said)!
  const [, notebook] = / Asks .* (http\S+)/.exec(said)!
  return { ended, url: url!, notebook: notebook!, said: () => said }
}

async function valuesOf(project: Project, path: string): Promise<unknown> {
  const { cells } = await project.read(path)
  const said = cells.find(({ content }) => content.kind === 'markdown')?.content
  return JSON.parse(said?.kind === 'markdown' ? said.source : 'null')
}
