import { setTimeout as sleep } from 'node:timers/promises'
import { openDelayLink, type DelayLink } from '../packages/runner/test/delay-link.ts'
import { openOwnedHost } from '../packages/runner/test/support/owned-host.ts'
import type { Project } from '../packages/runner/test/support/project.ts'
import { median, type Bench, type Row } from './measure.ts'
import { createPublishedProject, runToEnd, toConfig } from './pool-project.ts'

const DELAYS_MS = [0, 25, 100]
const ROUNDS = 5

const bench: Bench = {
  title: 'What somebody waits for at the keyboard',
  peer: 'forks',
  note: 'On a host that has the workspace, with that delay each way between client and host; forks has none. From the start of the command until the first test runs, for which people may wait 1.5 s; and, in watch mode, from saving a test file until its result, of which people may wait a second longer than for the test.',
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const files = { 'a.test.ts': test(0), 'times.ts': REPORTER, 'vitest.config.ts': toConfig(['./times.ts']) }
  await using project = createPublishedProject(files)
  const peer = { start: await secondsToTest(project, 'forks', {}), save: await secondsToResult(project, 'forks', {}) }
  for (const delayMs of DELAYS_MS) {
    let link: DelayLink | undefined
    await using host = await openOwnedHost(async ({ port }) => (link = await openDelayLink(port, delayMs)).port)
    await runToEnd(project, ['run', '--pool=ec2'], host.env)
    yield {
      name: `first test, ${delayMs} ms each way`,
      ours: await secondsToTest(project, 'ec2', host.env),
      peer: peer.start,
    }
    yield {
      name: `a saved file, ${delayMs} ms each way`,
      ours: await secondsToResult(project, 'ec2', host.env),
      peer: peer.save,
    }
    await link?.[Symbol.asyncDispose]()
  }
}

async function secondsToTest(project: Project, pool: string, env: Record<string, string>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = Date.now()
    await runToEnd(project, ['run', `--pool=${pool}`], env)
    times.push((timesOf(project, 'ready').at(-1)! - start) / 1000)
  }
  return median(times)
}

async function secondsToResult(project: Project, pool: string, env: Record<string, string>): Promise<number> {
  project.write({ 'times.txt': '' })
  const running = project.start(['--watch', `--pool=${pool}`], { env })
  try {
    await ended(project, 1)
    const times: number[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      await sleep(1000) // nobody saves in the same moment
      const start = Date.now()
      project.write({ 'a.test.ts': test(round) })
      times.push(((await ended(project, round + 1)) - start) / 1000)
    }
    return median(times)
  } finally {
    running.child.kill('SIGINT')
    await running.ended
  }
}

async function ended(project: Project, runs: number): Promise<number> {
  for (let waited = 0; waited < 60_000; waited += 5) {
    const times = timesOf(project, 'end')
    if (times.length >= runs) return times[runs - 1]!
    await sleep(5)
  }
  throw new Error(`There was no run ${runs}`)
}

function timesOf(project: Project, what: string): number[] {
  const lines = project.read('times.txt').split('\n')
  return lines.filter((line) => line.startsWith(what)).map((line) => Number(line.slice(what.length)))
}

function test(number: number): string {
  return `import { expect, test } from 'vitest'\ntest('adds up', () => expect(${number} + 1).toBe(${number + 1}))\n`
}

const REPORTER = `import { appendFileSync } from 'node:fs'
export default class {
  onTestCaseReady() { appendFileSync('times.txt', 'ready ' + Date.now() + '\\n') }
  onTestRunEnd() { appendFileSync('times.txt', 'end ' + Date.now() + '\\n') }
}
`
