import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const PARAMS = { size: '96', steps: '60', scales: '1' }

test(
  'an experiment whose whole run is killed with -9 is gone on with by another, to the same picture and the same curve',
  { timeout: 300_000 },
  async () => {
    const reports = await mkdtemp(join(tmpdir(), 'resumed-'))
    onTestFinished(() => rm(reports, { recursive: true, maxRetries: 5 }))
    const whole = await runToEnd(reports)
    await killAtCheckpoint(reports)
    const resumed = await runToEnd(reports, { VITEST_NOTEBOOK_RESUME: 'newest' })
    expect(whole.continued).toBeUndefined()
    expect(whole.prose).toMatch(
      /The network is \*\*default\*\*, the engine onnxruntime-node .*, CPU, \d+ threads?\. There is no GPU/,
    )
    expect(resumed.continued).toMatchObject({ step: 25 })
    expect(resumed.result).toBe(whole.result)
    expect(resumed.points).toEqual(whole.points)
    expect(resumed.film).toBe(whole.film)
  },
)

test(
  'an experiment that runs out of time paints the whole picture all the same, and its report says where the time was up',
  { timeout: 300_000 },
  async () => {
    const reports = await mkdtemp(join(tmpdir(), 'hasty-'))
    onTestFinished(() => rm(reports, { recursive: true, maxRetries: 5 }))
    const params = { ...PARAMS, scales: '2', minutes: '0.00001' }
    const hasty = await runToEnd(reports, { VITEST_NOTEBOOK_PARAMS: JSON.stringify(params) })
    expect(hasty.prose).toContain('**The time was up** at step 1, 48 pixels wide, and at step 2, 96 pixels wide.')
    expect(hasty.points).toHaveLength(2)
  },
)

interface Ended {
  readonly continued: unknown
  /** names of assets, which are the hashes of what is in them */
  readonly result: string
  readonly film: string
  readonly points: readonly unknown[]
  readonly prose: string
}

interface Event {
  readonly type: string
  readonly points?: readonly unknown[]
  readonly content?: { kind: string; source?: string; after?: { path: string }; video?: { path: string } }
}

async function runToEnd(reports: string, env: Record<string, string> = {}): Promise<Ended> {
  const { child, journalOf } = start(reports, env)
  expect(await once(child, 'exit')).toEqual([0, null])
  const events = readFileSync(journalOf()!, 'utf8').trim().split('\n')
  const parsed = events.map((line) => JSON.parse(line) as Event)
  const contents = parsed.map(({ content }) => content)
  return {
    continued: parsed.find(({ type }) => type === 'continue'),
    result: contents.findLast((one) => one?.kind === 'compare')!.after!.path,
    film: contents.findLast((one) => one?.kind === 'video')!.video!.path,
    prose: contents.map((one) => (one?.kind === 'markdown' ? one.source : '')).join('\n'),
    points: parsed.flatMap(({ points = [] }) => points),
  }
}

async function killAtCheckpoint(reports: string): Promise<void> {
  const { child, journalOf } = start(reports)
  const exit = once(child, 'exit')
  await vi.waitFor(
    () => {
      const journal = journalOf()
      if (!journal || !readFileSync(journal, 'utf8').includes('"type":"checkpoint"')) throw new Error('Not there yet')
    },
    { timeout: 120_000, interval: 20 },
  )
  process.kill(-child.pid!, 'SIGKILL')
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(existsSync(join(dirname(journalOf()!), 'checkpoint.bin'))).toBe(true)
}

/** Starts Vitest on the style transfer of this project, in a process group of its own. */
function start(reports: string, env: Record<string, string> = {}) {
  const before = new Set(journalsIn(reports))
  const child = spawn(process.execPath, [VITEST, 'run', '--project=experiments', 'style-transfer'], {
    cwd: ROOT,
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      REPORTS_DIR: reports,
      CI: 'true',
      GITHUB_ACTIONS: '',
      CUDA_VISIBLE_DEVICES: '',
      VITEST_NOTEBOOK_PARAMS: JSON.stringify(PARAMS),
      ...env,
    },
  })
  return { child, journalOf: () => journalsIn(reports).find((path) => !before.has(path)) }
}

function journalsIn(reports: string): string[] {
  return globSync(join(reports, '[0-9]*/**/journal.jsonl'))
}
