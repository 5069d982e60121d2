/**
 * Tests everything: `npm test [-- OPTIONS] [VITEST ARGUMENTS]`. Sets up what the tests need, runs them here and, inside the
 * rig, those that need machines. The last line is the sum over the runs.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, globSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ensurePython } from '../rig/python.ts'
import { asRoot, installPackages, missingPackages, type Purpose } from '../rig/requirements.ts'

const ROOT = join(import.meta.dirname, '..')
const NODE = process.execPath
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
/** Tests start thousands of processes of Node, which compile the same sources. */
const ENV = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'), ...process.env }
/** Seconds that instances of the last test may take to end by themselves. */
const WAIT = '60'
/** Files of tests that mostly wait for instances; those that take longest begin, and the others fill up. */
const EC2 = 'packages/runner/test/ec2-*.rig.test.ts'
const LONGEST = ['detach', 'bake', 'faults', 'pool', 'kill-paths', 'commands']
/** How many are tested at a time, besides units. */
const LANES = 2

const OPTIONS = {
  '--no-rig': 'leaves out what needs namespaces and root: the tests against machines and the stand-in of AWS',
  '--no-browser': 'leaves out what needs Chromium: the tests of pages',
}

interface Outcome {
  /** what ran, and how long it took, in seconds */
  title: string
  seconds: number
  passed: number
  failed: number
  /** tests by file and name; of those that failed, with what they said first */
  failures: string[]
  skipped: string[]
}

const running = new Set<ChildProcess>()
let isStopped = false
process.on('SIGINT', stop).on('SIGTERM', stop)

const args = process.argv.slice(2)
const has = (option: keyof typeof OPTIONS) => args.includes(option)
const rest = args.filter((arg) => !(arg in OPTIONS))
if (rest.includes('--help')) {
  const lines = Object.entries(OPTIONS).map(([name, what]) => `  ${name.padEnd(14)}${what}`)
  process.stdout.write(`Usage: npm test [-- OPTIONS] [VITEST ARGUMENTS]\n\n${lines.join('\n')}\n`)
} else {
  await main()
}

async function main(): Promise<void> {
  try {
    setUp()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nOr leave out what needs it: npm test -- --no-rig\n`)
    process.exitCode = 1
    return
  }
  const hasRig = !has('--no-rig')
  const isWhole = rest.length === 0
  const pages = has('--no-browser') ? [] : [(isAside: boolean) => runTests('browser-pages', { isAside })]
  if (!isWhole || !hasRig) {
    const outcomes = [await runTests('unit')]
    for (const test of pages) outcomes.push(await test(false))
    if (hasRig) outcomes.push(await runTests('rig', { inRig: true }))
    return report(outcomes)
  }
  report(await testAll(pages))
}

/** Several at a time: what takes longest begins, what is short fills up. Of one, the output is shown as it comes. */
async function testAll(pages: ((isAside: boolean) => Promise<Outcome>)[]): Promise<Outcome[]> {
  const instances = new Set([...LONGEST.map((name) => EC2.replace('*', name)), ...globSync(EC2, { cwd: ROOT })])
  const rigs = [`--exclude=${EC2}`, ...instances].map(
    (filter) => () => runTests('rig', { inRig: true, filters: [filter], isAside: true }),
  )
  const queue = [...rigs.splice(0, 1 + LONGEST.length), ...pages, ...rigs]
  const testOn = async (outcomes: Outcome[]) => {
    for (let test = queue.shift(); test; test = queue.shift()) outcomes.push(await test(true))
    return outcomes
  }
  const lanes = [
    runTests('unit').then((outcome) => testOn([outcome])),
    ...Array.from({ length: LANES }, () => testOn([])),
  ]
  return (await Promise.all(lanes)).flat()
}

function setUp(): void {
  const purposes: Purpose[] = [
    'tests',
    ...(has('--no-rig') ? [] : ['rig' as const]),
    ...(has('--no-browser') ? [] : ['browser' as const]),
  ]
  const missing = missingPackages(...purposes)
  if (missing.length > 0) {
    process.stdout.write(`Installing ${missing.join(', ')}\n`)
    installPackages(missing)
  }
  if (has('--no-rig')) return
  if (!asRoot()) {
    throw new Error(
      'The rig makes network namespaces and mounts, which only root may: run this as root, or with a sudo that asks for nothing',
    )
  }
  ensurePython((sentence) => process.stdout.write(`${sentence}\n`))
}

interface TestRun {
  /** beside the rig instead of alone */
  inRig?: boolean
  /** arguments that choose among the project's files */
  filters?: string[]
  /** side by side with others: shows what it said when it has ended */
  isAside?: boolean
}

/** One run of a project's tests. */
async function runTests(
  project: string,
  { inRig = false, filters = [], isAside = false }: TestRun = {},
): Promise<Outcome> {
  const title = [project, ...filters].join(' ')
  if (isStopped) return toOutcome(title, 0, 1, undefined)
  const heading = `\n── ${title} ──\n`
  if (!isAside) process.stdout.write(heading)
  const begin = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'tests-'))
  const file = join(folder, 'report.json')
  try {
    const launcher = inRig ? [join(ROOT, 'rig/main.ts'), '--wait', WAIT, NODE] : []
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const more = rest.length > 0 ? ['--passWithNoTests', ...rest] : []
    const command = [...launcher, VITEST, 'run', '--project', project, ...reporters, ...filters, ...more]
    const code = await run(command, isAside ? join(folder, 'output') : undefined)
    if (isAside) process.stdout.write(heading + (await readFile(join(folder, 'output'), 'utf8')))
    const seconds = Math.round((performance.now() - begin) / 1000)
    return toOutcome(title, seconds, code, await readFile(file, 'utf8').catch(() => undefined))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Exit code of a command, whose output goes to a file where one is named. */
async function run(command: string[], output?: string): Promise<number> {
  const target = output === undefined ? 'inherit' : openSync(output, 'w')
  const child = spawn(NODE, command, { cwd: ROOT, env: ENV, stdio: ['ignore', target, target] })
  if (typeof target === 'number') closeSync(target)
  running.add(child)
  return await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  }).finally(() => running.delete(child))
}

/** Nothing more begins. A terminal tells its Ctrl-C to all that runs, too. */
function stop(signal: NodeJS.Signals): void {
  isStopped = true
  if (signal === 'SIGTERM') for (const child of running) child.kill(signal)
}

interface JsonReport {
  numPassedTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[]
  }[]
}

/** A file that could not be loaded counts as a failure, and so does a run that fails for another reason than its tests. */
function toOutcome(title: string, seconds: number, code: number, text: string | undefined): Outcome {
  if (text === undefined)
    return { title, seconds, passed: 0, failed: 1, failures: [`${title} left no report`], skipped: [] }
  const { numPassedTests: passed, testResults } = JSON.parse(text) as JsonReport
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, name: `${relative(ROOT, name)} ${test.fullName}` })),
  )
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failures = [
    ...tests
      .filter(({ status }) => status === 'failed')
      .map(({ name, failureMessages }) => failureOf(name, failureMessages?.[0])),
    ...broken.map(({ name, message }) => failureOf(relative(ROOT, name), message)),
  ]
  if (code !== 0 && failures.length === 0) failures.push(`${title} ended with exit code ${code}, though no test failed`)
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ name }) => name)
  return { title, seconds, passed, failed: failures.length, failures, skipped }
}

/** What a failure said, without the frames of who ran the test. */
function failureOf(name: string, message = ''): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|\bnode:|new Promise)/.test(line))
  return [name, ...lines.slice(0, 12).map((line) => `        ${line}`)].join('\n')
}

function report(outcomes: Outcome[]): void {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const failed = sum((outcome) => outcome.failed)
  const say = (line: string) => process.stdout.write(`${line}\n`)
  say('')
  for (const { seconds, title } of outcomes) say(`${String(seconds).padStart(6)} s  ${title}`)
  if (rest.length === 0) for (const { skipped } of outcomes) for (const test of skipped) say(`SKIPPED  ${test}`)
  for (const { failures } of outcomes) for (const failure of failures) say(`FAILED   ${failure}`)
  for (const [option, what] of Object.entries(OPTIONS)) if (args.includes(option)) say(`NOT RUN  ${option} ${what}`)
  say(`${sum((outcome) => outcome.passed)} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
