import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openWebhook } from '../../test/webhook.ts'
import { createProject } from '../../test/project.ts'

// Each runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

const PICTURE = join(import.meta.dirname, '../../../../experiments/pictures/cat.jpg')
const DREAM = `import { test } from 'vitest-notebook'
test('Deep Dream', { params: { size: 512 } }, async ({ notebook, params, expect }) => {
  notebook.md\`# Dreaming at \${params.size}\`
  expect(await notebook.code('add', async () => 1 + 1)).toBe(2)
})
`
const PRINTS = `import { test } from 'vitest-notebook'
test('Prints', async ({ notebook }) => {
  notebook.code('print', () => {
    console.log('logged')
    process.stdout.write('raw\\n')
    return 7 as number
  })
})`

describe('a run with notebooks', () => {
  it(
    'leaves reports, a record, a page of the run and one of all runs, and says where',
    { timeout: 60_000 },
    async () => {
      using project = createProject({
        'dream.experiment.ts': DREAM,
        'broken.experiment.ts': `import { test } from 'vitest-notebook'
test('breaks', async ({ notebook }) => {
  await notebook.code('divide', () => { throw new RangeError('by zero') })
})`,
      })
      const { code, output } = await project.vitest()
      expect(code).toBe(1)
      expect(output).toMatch(/✓ dream\.experiment\.ts[\s\S]*↳ Deep Dream {2}reports\/\S+ {2}2 cells\n/)
      expect(output).toContain('Reports  reports/latest/index.html')
      const record = project.record()
      expect(record).toMatchObject({ status: 'failed', command: 'npx vitest run', endedAt: expect.any(Number) })
      expect(
        record.notebooks
          .map(({ path, status, error, cells }) => ({ path, status, error, cells }))
          .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      ).toEqual([
        { path: 'broken.experiment.ts/breaks', status: 'failed', error: 'RangeError: by zero', cells: 1 },
        { path: 'dream.experiment.ts/deep-dream', status: 'passed', error: undefined, cells: 2 },
      ])
      const [run = ''] = project.runs()
      const at = (...path: string[]) => join(project.root, 'reports', ...path)
      expect(realpathSync(at('latest'))).toBe(realpathSync(at(run)))
      expect(readFileSync(at('latest/index.html'), 'utf8')).toContain('Deep Dream')
      expect(readFileSync(at('latest/index.md'), 'utf8')).toContain('Deep Dream')
      expect(readFileSync(at('index.html'), 'utf8')).toContain(run)
      const html = readFileSync(at('latest/dream.experiment.ts/deep-dream/index.html'), 'utf8')
      expect(html).toContain('Dreaming at 512')
      expect(readFileSync(at('latest/dream.experiment.ts/deep-dream/report.md'), 'utf8')).toContain('Dreaming at 512')
    },
  )

  it('keeps notebooks of one name apart: in two projects, and side by side in one file', async () => {
    using project = createProject({
      'vitest.config.ts': `export default { test: { reporters: ['default', ['vitest-notebook/reporter', { formats: [] }]], projects: [
  { test: { name: 'one', include: ['*.experiment.ts'] } },
  { test: { name: 'two', include: ['*.experiment.ts'] } },
] } }`,
      'same.experiment.ts': `import { test } from 'vitest-notebook'
for (let index = 0; index < 3; index++) test.concurrent('Same', ({ notebook }) => notebook.md('written'))`,
    })
    expect(await project.vitest()).toMatchObject({ code: 0 })
    const paths = project.record().notebooks.map(({ path }) => path)
    expect(paths.toSorted()).toEqual(
      ['one', 'two'].flatMap((name) =>
        ['same', 'same-2', 'same-3'].map((folder) => `${name}/same.experiment.ts/${folder}`),
      ),
    )
  })

  it.for([
    ['--pool=threads'],
    ['--pool=threads', '--no-isolate'],
    ['--no-isolate', '--no-file-parallelism'],
    ['--pool=vmForks'],
    ['--pool=vmThreads'],
    ['--disableConsoleIntercept'],
  ])('writes the same notebook with %s', async (args) => {
    using project = createProject(
      {
        'one.experiment.ts': PRINTS,
        'two.experiment.ts': PRINTS,
      },
      { formats: [] },
    )
    expect(await project.vitest(args)).toMatchObject({ code: 0 })
    for (const file of ['one', 'two']) {
      const { cells, status } = await project.read(`${file}.experiment.ts/prints`)
      expect(status).toBe('passed')
      expect(cells).toMatchObject([
        {
          content: {
            kind: 'code',
            source: "console.log('logged')\nprocess.stdout.write('raw\\n')\nreturn 7 as number",
          },
          streams: [{ name: 'stdout', text: 'logged\nraw\n' }],
          end: { value: { 'text/plain': '7' } },
        },
      ])
    }
  })

  it('tells other reporters of each notebook, and where it is', async () => {
    using project = createProject({
      'vitest.config.ts': `export default { test: { include: ['*.experiment.ts'], reporters: ['./other.ts', ['vitest-notebook/reporter', { formats: [] }]] } }`,
      'other.ts': `export default class { onTestCaseResult(test) { for (const one of test.artifacts()) console.log(JSON.stringify(one)) } }`,
      'dream.experiment.ts': DREAM,
    })
    const { code, output } = await project.vitest()
    expect(code).toBe(0)
    expect(output).toMatch(/"type":"vitest-notebook:notebook".*"path":"dream\.experiment\.ts\/deep-dream"/)
  })

  it('calls a notebook passed whose test fails as it should', async () => {
    using project = createProject(
      {
        'fails.experiment.ts': `import { test } from 'vitest-notebook'
test.fails('as it should', async ({ notebook }) => { await notebook.code(() => { throw new Error('expected') }) })`,
      },
      { formats: [] },
    )
    expect(await project.vitest()).toMatchObject({ code: 0 })
    expect(project.record().notebooks).toMatchObject([{ status: 'passed' }])
  })

  it('keeps the newest runs', async () => {
    using project = createProject({ 'dream.experiment.ts': DREAM }, { keepRuns: 1, formats: ['md'] })
    await project.vitest()
    const [first] = project.runs()
    await project.vitest()
    expect(project.runs()).toHaveLength(1)
    expect(project.runs()).not.toEqual([first])
  })

  it('says and leaves nothing without a notebook', async () => {
    using project = createProject({ 'plain.experiment.ts': `import { test } from 'vitest'\ntest('plain', () => {})` })
    const { code, output } = await project.vitest()
    expect(code).toBe(0)
    expect(output).not.toMatch(/Reports|↳|Live/)
    expect(existsSync(join(project.root, 'reports'))).toBe(false)
  })

  it('passes without the reporter, and writes nothing', async () => {
    using project = createProject({ 'dream.experiment.ts': DREAM })
    expect(await project.vitest(['--reporter=dot'])).toMatchObject({ code: 0 })
    expect(existsSync(join(project.root, 'reports'))).toBe(false)
  })

  it('lists its tests without running them', async () => {
    using project = createProject({ 'dream.experiment.ts': DREAM })
    expect((await project.list()).output).toContain('dream.experiment.ts > Deep Dream')
    expect(existsSync(join(project.root, 'reports'))).toBe(false)
  })

  it('says what is wrong with an option before anything runs', async () => {
    using project = createProject({ 'dream.experiment.ts': DREAM }, { keepRuns: 0 })
    const { code, output } = await project.vitest()
    expect(code).toBe(1)
    expect(output).toContain(
      'Expected the `keepRuns` option of the notebook reporter to be a positive integer, got `0` (number).',
    )
  })
})

describe('a journal that is damaged', () => {
  it('is named, and keeps no other notebook from its reports', async () => {
    using project = createProject(
      {
        'damaged.experiment.ts': `import { appendFileSync } from 'node:fs'
import { inject } from 'vitest'
import { test } from 'vitest-notebook'
test('Damaged', ({ notebook, task }) => {
  notebook.md('written')
  appendFileSync([inject('notebook')?.folder, task.meta.notebook?.path, 'journal.jsonl'].join('/'), 'nonsense\\n')
})
test('Sound', ({ notebook }) => notebook.md('written'))`,
      },
      { formats: ['md'] },
    )
    const { code, output } = await project.vitest()
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toMatch(/Line \d of the journal \S+damaged\/journal\.jsonl is no JSON: the file is damaged\./)
    expect(existsSync(join(project.root, 'reports/latest/damaged.experiment.ts/sound/report.md'))).toBe(true)
  })
})

describe('a replay', () => {
  it('gives the answers of an earlier run again, pictures too, with nobody there', async () => {
    using project = createProject(
      {
        'ask.experiment.ts': `import { choice, mask, picture, test } from 'vitest-notebook'
test('Ask', async ({ notebook }) => {
  const answer = await notebook.ask({ layer: choice('one', 'two'), image: picture('./own.jpg'), where: mask('./own.jpg') })
  notebook.md([answer.layer, answer.image.name, answer.image.data.length, answer.where.data.length].join(' '))
})`,
      },
      { formats: [] },
    )
    const own = join(project.root, 'own.jpg')
    copyFileSync(PICTURE, own)
    expect(await project.vitest()).toMatchObject({ code: 0 })
    const first = (await project.read('ask.experiment.ts/ask')).cells[1]!.content
    if (first.kind !== 'markdown') throw new Error('The second cell is no prose')
    const earlier = join(project.root, 'reports', project.runs()[0]!)
    const journal = join(earlier, 'ask.experiment.ts/ask/journal.jsonl')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"answer":{"layer":"one"', '"answer":{"layer":"two"'))
    copyFileSync(join(PICTURE, '../pagoda.jpg'), own)
    expect(await project.notebook(['run', 'ask.experiment.ts', '--replay', earlier])).toMatchObject({ code: 0 })
    const again = await project.read('ask.experiment.ts/ask')
    expect(again.cells[1]?.content).toEqual({ ...first, source: first.source.replace('one', 'two') })
  })
})

describe('a run that is cut off', () => {
  const slow = `import { test } from 'vitest-notebook'
test('Slow', async ({ notebook }) => {
  notebook.md('written')
  await notebook.code('wait for ever', () => new Promise(() => {}))
})`

  it('names the cell that a killed worker was in', async () => {
    using project = createProject(
      {
        'slow.experiment.ts': slow.replace(
          "notebook.md('written')",
          "notebook.md('written')\n  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500)",
        ),
      },
      { formats: ['html', 'md'] },
    )
    const { code } = await project.vitest()
    expect(code).toBe(1)
    expect(project.record().notebooks[0]).toMatchObject({ status: 'killed', inFlight: 'wait for ever' })
    expect(readFileSync(join(project.root, 'reports/latest/slow.experiment.ts/slow/report.md'), 'utf8')).toContain(
      'written',
    )
  })

  it.for(['SIGTERM', 'SIGINT'] as const)(
    'leaves pages, also in the archive, and tells of them after %s',
    async (signal) => {
      const archive = mkdtempSync(join(tmpdir(), 'archive-'))
      await using webhook = await openWebhook()
      await using ses = await openWebhook()
      const mail = { to: 'ada@art.example' }
      const options = { formats: ['html', 'md', 'pdf'], archive, mail, webhook: webhook.url }
      using project = createProject({ 'slow.experiment.ts': slow }, options)
      const summary = join(project.root, 'summary.md')
      const aws = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
      const { child, ended } = project.start([], {
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: summary,
        ...aws,
        AWS_ENDPOINT_URL_SESV2: new URL(ses.url).origin,
      })
      await vi.waitFor(() => expect(existsSync(join(project.root, 'reports'))).toBe(true), 20_000)
      await vi.waitFor(
        async () => expect((await project.read('slow.experiment.ts/slow')).cells).toHaveLength(2),
        20_000,
      )
      await vi.waitFor(() => expect(project.record().notebooks).toHaveLength(1), 20_000)
      child.kill(signal)
      await ended
      const page = join(project.root, 'reports/latest/slow.experiment.ts/slow/index.html')
      await vi.waitFor(() => expect(readFileSync(page, 'utf8')).toContain('written'), 20_000)
      await vi.waitFor(
        () => expect(project.record()).toMatchObject({ status: 'cancelled', notebooks: [{ status: 'killed' }] }),
        20_000,
      )
      const sent = join(archive, project.runs()[0]!, 'slow.experiment.ts/slow')
      await vi.waitFor(() => expect(existsSync(join(sent, 'report.pdf'))).toBe(true), 20_000)
      await vi.waitFor(() => expect(readFileSync(join(archive, 'index.html'), 'utf8')).toContain('"cancelled"'), 20_000)
      await vi.waitFor(() => expect(webhook.posted).toMatchObject([{ status: 'cancelled' }]), 20_000)
      expect(readFileSync(summary, 'utf8')).toMatch(/slow[^]*killed/)
      // The mail that says that it has begun may not have been on its way yet.
      const over = /"Data":"cancelled: Slow".*"FileName":"Slow\.pdf"/
      expect(ses.posted.map((sent) => JSON.stringify(sent))).toContainEqual(expect.stringMatching(over))
      rmSync(archive, { recursive: true })
    },
  )
})
