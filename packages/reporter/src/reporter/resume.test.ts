import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createProject, type Project } from '../../test/project.ts'

// Each runs a Vitest of its own, some of them several.
vi.setConfig({ testTimeout: 120_000 })

const PAINTS = `import { existsSync, rmSync } from 'node:fs'
import { test } from 'vitest-notebook'
test('Paints', { params: { steps: 40, seed: 1 } }, async ({ notebook, params }) => {
  if (process.env.GONE) rmSync(process.env.GONE)
  const saved = await notebook.checkpoint.load<{ step: number; data: Uint8Array }>()
  const data = saved?.data ?? new Uint8Array(12).fill(params.seed)
  for (let step = (saved?.step ?? 0) + 1; step <= params.steps; step++) {
    for (let i = 0; i < data.length; i++) data[i] = (data[i]! * 5 + step + i) % 251
    if (step % 10 === 0) await notebook.checkpoint.save({ step, data }, { step })
    if (step === 25 && existsSync('hang')) await new Promise(() => {})
  }
  notebook.image({ data, width: 2, height: 2, channels: 3 }, { alt: 'the end' })
})
`
const FILE = 'paints.experiment.ts'
const NOTEBOOK = `${FILE}/paints`

it('killed with -9, is gone on with by another run, which ends with the same picture and says from where', async () => {
  using project = createProject({ [FILE]: PAINTS }, { formats: ['html', 'md'] })
  expect(await project.vitest()).toMatchObject({ code: 0 })
  const whole = await pictureOf(project)
  const killed = await runAndKill(project)

  expect(await project.notebook(['run', FILE, '--resume'])).toMatchObject({ code: 0 })
  expect((await project.read(NOTEBOOK)).continued).toEqual({ run: killed, attempt: 1, step: 20 })
  expect(await pictureOf(project)).toBe(whole)
  for (const report of ['index.html', 'report.md']) {
    const text = readFileSync(join(project.root, 'reports/latest', NOTEBOOK, report), 'utf8')
    expect(text.replaceAll('\\', '')).toContain(`from step 20 of the run ${killed}`)
  }

  // It has come to its end: now there is nothing to go on with, unless the folder is named.
  expect(await project.notebook(['run', FILE, '--resume'])).toMatchObject({ code: 0 })
  expect((await project.read(NOTEBOOK)).continued).toBeUndefined()
  expect(await project.notebook(['run', FILE, `--resume=reports/${killed}`])).toMatchObject({ code: 0 })
  expect((await project.read(NOTEBOOK)).continued).toMatchObject({ run: killed })
  expect(await pictureOf(project)).toBe(whole)
})

it('a run that is not told to, begins at the beginning', async () => {
  using project = createProject({ [FILE]: PAINTS }, { formats: [] })
  await runAndKill(project)
  expect(await project.vitest()).toMatchObject({ code: 0 })
  expect((await project.read(NOTEBOOK)).continued).toBeUndefined()
})

it('other parameters are refused, with what they were; older runs with the same are gone on with', async () => {
  using project = createProject({ [FILE]: PAINTS }, { formats: [] })
  const first = await runAndKill(project)
  const { code, output } = await project.notebook(['run', FILE, '--param', 'steps=50', '--param', 'seed=2', '--resume'])
  expect(code).toBe(1)
  expect(output).toContain(`The run ${first} cannot be gone on with`)
  expect(output).toContain('`steps` was 40, now is 50; `seed` was 1, now is 2')
  const second = await runAndKill(project, { VITEST_NOTEBOOK_PARAMS: '{"seed":"2"}' })
  expect(await project.notebook(['run', FILE, '--resume'])).toMatchObject({ code: 0 })
  expect((await project.read(NOTEBOOK)).continued).toMatchObject({ run: first })
  expect(await project.vitest([], { VITEST_NOTEBOOK_RESUME: `reports/${second}` })).toMatchObject({ code: 1 })
})

it('a checkpoint reaches workers that cannot see the folder of the run that is gone on with', async () => {
  using project = createProject(
    {
      [FILE]: PAINTS,
      'elsewhere.config.ts': `import { ForksPoolWorker } from 'vitest/node'
export default { test: { include: ['*.experiment.ts'], reporters: ['default', ['vitest-notebook/reporter', { formats: [] }]],
  pool: { name: 'elsewhere', createPoolWorker: (options) => new ForksPoolWorker(options) } } }`,
    },
    { formats: [] },
  )
  expect(await project.vitest()).toMatchObject({ code: 0 })
  const whole = await pictureOf(project)
  const killed = await runAndKill(project)
  const gone = join(project.root, 'reports', killed, NOTEBOOK, 'checkpoint.bin')
  const resumed = await project.notebook(['run', FILE, '--resume', '--', '--config', 'elsewhere.config.ts'], {
    GONE: gone,
  })
  expect(resumed).toMatchObject({ code: 0 })
  expect(existsSync(gone)).toBe(false)
  expect((await project.read(NOTEBOOK)).continued).toMatchObject({ run: killed, step: 20 })
  expect(await pictureOf(project)).toBe(whole)
})

it('a folder without a checkpoint is refused; where there is none at all, the run says so and begins', async () => {
  using project = createProject({ [FILE]: PAINTS }, { formats: [] })
  const { code, output } = await project.notebook(['run', FILE, '--resume'])
  expect(code).toBe(0)
  expect(output).toContain('There is no checkpoint in reports: begins at the beginning')
  const refused = await project.notebook(['run', FILE, '--resume=reports/latest'])
  expect(refused.code).toBe(1)
  expect(refused.output).toMatch(/There is no checkpoint in \S+reports\/latest to go on from/)
  expect(await project.notebook(['run', FILE, '--resume='])).toMatchObject({ code: 2 })
})

/** Starts a run, kills it with -9 when it stands still after step 25, and returns its name. Its worker is a thread of its process. */
async function runAndKill(project: Project, env?: Record<string, string>): Promise<string> {
  const hang = join(project.root, 'hang')
  const before = new Set(existsSync(join(project.root, 'reports')) ? project.runs() : [])
  writeFileSync(hang, '')
  const { child, ended } = project.start(['--pool=threads'], env)
  const run = await vi.waitFor(
    () => {
      const [name] = readdirSync(join(project.root, 'reports')).filter((one) => /^\d/.test(one) && !before.has(one))
      const journal = readFileSync(join(project.root, 'reports', name!, NOTEBOOK, 'journal.jsonl'), 'utf8')
      if (!journal.includes('"step":20')) throw new Error('The second checkpoint is not there yet')
      return name!
    },
    { timeout: 60_000, interval: 50 },
  )
  child.kill('SIGKILL')
  await ended
  rmSync(hang)
  return run
}

/** The hash of the picture at the end of the newest run. */
async function pictureOf(project: Project): Promise<string | undefined> {
  const { cells } = await project.read(NOTEBOOK)
  const content = cells.at(-1)?.content
  return content?.kind === 'image' ? content.image.path : undefined
}
