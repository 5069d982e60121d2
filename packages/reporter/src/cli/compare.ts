import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { renderComparison } from '../compare/page.ts'
import { readRuns } from '../compare/runs.ts'
import { writeWhole } from '../render/write.ts'
import { UsageError, type Command } from './command.ts'

export const compare: Command = {
  usage: `vitest-notebook compare A B [more…] [--dir FOLDER] [--out FILE]

Writes one page that shows what differs: parameters, sources, curves, pictures. A and B are runs by name, or folders of runs
or notebooks; the others are compared with A.

  --dir FOLDER  where runs are looked for by name. Default: reports
  --out FILE    Default: comparison.html`,
  async run(args) {
    const { values, positionals } = parse(args)
    if (positionals.length < 2) throw new UsageError('At least two runs are needed.')
    const { dir = 'reports', out = 'comparison.html' } = values
    const runs = await readRuns(positionals, dir)
    await writeWhole(resolve(out), renderComparison(runs))
    console.log(out)
    return 0
  },
}

function parse(args: string[]) {
  try {
    const options = { dir: { type: 'string' }, out: { type: 'string' } } as const
    return parseArgs({ args, allowPositionals: true, options })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
