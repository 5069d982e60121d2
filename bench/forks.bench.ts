import { openOwnedHost } from '../packages/runner/test/support/owned-host.ts'
import { inTurn, type Bench, type Row } from './measure.ts'
import { createPublishedProject, runToEnd, toConfig } from './pool-project.ts'

const FILES = 200

const bench: Bench = {
  title: `${FILES} trivial files on a host at hand`,
  peer: 'forks',
  note: 'Whole runs of Vitest, one worker each, on a host of this machine that has all it needs from an earlier run: connecting, comparing the workspace and starting each worker count.',
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [
      `tests/${index}.test.ts`,
      `import { expect, test } from 'vitest'\ntest('${index}', () => expect(${index}).toBe(${index}))\n`,
    ]),
  )
  await using host = await openOwnedHost()
  await using project = createPublishedProject({ ...files, 'vitest.config.ts': toConfig() })
  const measured = await inTurn(
    () => runToEnd(project, ['run', '--pool=ec2'], host.env),
    () => runToEnd(project, ['run', '--pool=forks'], host.env),
    { runs: 3 },
  )
  yield { name: 'whole run', ...measured, goal: 1.1 }
}
