import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { S3 } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import { alive, rig } from '../packages/runner/test/support/ec2-rig.ts'

const ROOT = join(import.meta.dirname, '..')
const BUCKET = 'reports-of-somebody'
const PARAMS = JSON.stringify({ size: '96', steps: '3', octaves: '2' })

test('runs an experiment on an instance of an account with nothing in it, with the result that it has here', async () => {
  await rig.reset()
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  await s3.createBucket({ Bucket: BUCKET })
  const folder = mkdtempSync(join(ROOT, '.rig/product-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))

  const here = await runExperiment(join(folder, 'here'), [])
  const there = await runExperiment(join(folder, 'there'), ['--pool=ec2'], { REPORTS_ARCHIVE: `s3://${BUCKET}/art` })

  expect(there.stdout).toMatch(/Tests {2}1 passed \(1\)/)
  expect(there.stderr).toMatch(/launching[\s\S]*booting[\s\S]*syncing[\s\S]*EC2 {2}1 host, .*\$/)
  expect(await alive()).toEqual([])
  expect(there.notebook.host).toMatch(/^i-/)
  expect(here.notebook.host).toBeUndefined()
  expect(there.notebook.kinds).toEqual(here.notebook.kinds)
  expect(there.notebook.canvas).toEqual(here.notebook.canvas)

  const { Contents = [] } = await s3.listObjectsV2({ Bucket: BUCKET })
  const keys = Contents.map(({ Key = '' }) => Key)
  const page = `art/${there.run}/experiments/deep-dream.experiment.ts/deep-dream/index.html`
  expect(keys).toEqual(expect.arrayContaining(['art/index.html', `art/${there.run}/run.json`, page]))
  expect(keys.filter((key) => /\.(?:endpoint|env|tmp)/.test(key))).toEqual([])
})

async function runExperiment(
  reports: string,
  args: string[],
  more: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string; run: string; notebook: Notebook }> {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  onTestFinished(() => rmSync(state, { recursive: true, force: true }))
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:VITEST(?:_(?!EC2_).*)?|TEST|NODE_ENV)$/.test(name),
  )
  const env = { NO_COLOR: '1', CI: 'true', XDG_STATE_HOME: state, REPORTS_DIR: reports, VITEST_NOTEBOOK_PARAMS: PARAMS }
  const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'experiments', 'deep-dream']
  const options = { cwd: ROOT, env: { ...Object.fromEntries(inherited), ...env, ...more } }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...vitest, ...args], options)
  const run = readdirSync(reports).find((name) => /^\d{4}-/.test(name)) ?? ''
  return {
    stdout,
    stderr,
    run,
    notebook: readNotebook(join(reports, run, 'experiments/deep-dream.experiment.ts/deep-dream')),
  }
}

interface Notebook {
  host: string | undefined
  kinds: string[]
  /** names of pictures stand for their content */
  canvas: unknown
}

function readNotebook(folder: string): Notebook {
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trim().split('\n')
  const events = lines.map((line) => JSON.parse(line) as JournalLine)
  const contents = events.flatMap(({ type, content }) => (content && type !== 'begin' ? [{ type, ...content }] : []))
  return {
    host: events[0]?.provenance?.host?.id,
    kinds: contents.filter(({ type }) => type === 'cell').map(({ kind }) => kind),
    canvas: contents.findLast(({ kind }) => kind === 'compare')?.after,
  }
}

interface JournalLine {
  type: string
  content?: { kind: string; after?: unknown }
  provenance?: { host?: { id: string } }
}
