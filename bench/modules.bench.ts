import { openDelayLink, type DelayLink } from '../packages/runner/test/delay-link.ts'
import { openOwnedHost } from '../packages/runner/test/support/owned-host.ts'
import type { Project } from '../packages/runner/test/support/project.ts'
import { median, type Bench, type Row } from './measure.ts'
import { createPublishedProject, runToEnd, toConfig } from './pool-project.ts'

const SIZES = [1, 10, 100]
const DELAYS_MS = [0, 25, 100]
/** files of each size in one run: the first warms up, the median of the rest counts */
const FILES = 4

const bench: Bench = {
  title: 'One more file with a graph of modules, on a host that is ready',
  peer: 'forks',
  note: 'From the end of the file before to its own end, a new worker each, with that delay each way between client and host. forks has no delay.',
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  for (const size of SIZES) {
    await using project = createPublishedProject({ ...graph(size), 'vitest.config.ts': toConfig(['./times.ts']) })
    const peer = await secondsPerFile(project, 'forks', {})
    for (const delayMs of DELAYS_MS) {
      let link: DelayLink | undefined
      await using host = await openOwnedHost(async ({ port }) => (link = await openDelayLink(port, delayMs)).port)
      await runToEnd(project, ['run', '--pool=ec2'], host.env)
      yield {
        name: `${size} modules, ${delayMs} ms each way`,
        ours: await secondsPerFile(project, 'ec2', host.env),
        peer,
      }
      await link?.[Symbol.asyncDispose]()
    }
  }
}

async function secondsPerFile(project: Project, pool: string, env: Record<string, string>): Promise<number> {
  await runToEnd(project, ['run', `--pool=${pool}`], env)
  const ends = project.read('times.txt').trim().split('\n').map(Number)
  return median(ends.slice(1).map((end, index) => end - ends[index]!)) / 1000
}

/** Test files that import a binary tree of that many modules each, and a reporter that writes when each ended. */
function graph(size: number): Record<string, string> {
  const files: Record<string, string> = {
    'times.ts': `import { appendFileSync, rmSync } from 'node:fs'
export default class {
  onInit() { rmSync('times.txt', { force: true }) }
  onTestModuleEnd() { appendFileSync('times.txt', performance.now() + '\\n') }
}
`,
  }
  for (let file = 0; file < FILES; file += 1) {
    files[`${file}.test.ts`] =
      `import { expect, test } from 'vitest'\nimport { sum } from './graph/0.ts'\ntest('adds up', () => expect(sum).toBe(${size}))\n`
  }
  for (let index = 0; index < size; index += 1) {
    const children = [2 * index + 1, 2 * index + 2].filter((child) => child < size)
    const imports = children.map((child) => `import { sum as sum${child} } from './${child}.ts'\n`).join('')
    files[`graph/${index}.ts`] =
      `${imports}export const sum: number = ${['1', ...children.map((child) => `sum${child}`)].join(' + ')}\n`
  }
  return files
}
