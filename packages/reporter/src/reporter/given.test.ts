import { expect, test } from 'vitest'
import { flagsOf, runAgainCommand } from './given.ts'

const isFile = (arg: string) => arg.endsWith('.ts')

test.each([
  [['run'], {}, 'npx vitest run'],
  [['run', '--project', 'art'], {}, 'npx vitest run --project art'],
  [
    ['run', 'dream.experiment.ts'],
    { size: '64', image: "it's.jpg" },
    String.raw`npx vitest-notebook run dream.experiment.ts --param size=64 --param 'image=it'\''s.jpg'`,
  ],
  [
    ['run', '--pool=ec2', 'dream.experiment.ts', '-t', 'Deep Dream'],
    { size: '64' },
    "npx vitest-notebook run dream.experiment.ts --param size=64 -- --pool=ec2 -t 'Deep Dream'",
  ],
  [
    ['run', '--pool=ec2', '--project', 'art'],
    { size: '64' },
    `VITEST_NOTEBOOK_PARAMS='{"size":"64"}' npx vitest run --pool=ec2 --project art`,
  ],
  [['run', 'a.ts', 'b.ts'], { size: '64' }, `VITEST_NOTEBOOK_PARAMS='{"size":"64"}' npx vitest run a.ts b.ts`],
])('%j with %j runs again by a command that does the same', (argv, given, command) => {
  expect(runAgainCommand(argv, given, isFile)).toBe(command)
})

test.each([
  [['run', 'dream', '--pool=ec2'], ['--pool=ec2']],
  [
    ['run', '--project', 'art', 'a.ts', '-t', 'Deep Dream', '--no-color'],
    ['--project', 'art', '-t', 'Deep Dream', '--no-color'],
  ],
])('of %j the flags stay', (argv, flags) => {
  expect(flagsOf(argv)).toEqual(flags)
})
