import { examine } from '../ec2/examine.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openProjectContext, specOf } from './project-context.ts'

const SIGNS = { ok: '✓', warning: '!', failure: '✗' }

export const doctor: Command = {
  flags: {
    ...AWS_FLAGS,
    kind: { type: 'string' },
    gpu: { type: 'string' },
    type: { type: 'string', multiple: true },
    capacity: { type: 'boolean' },
  },
  explain: {
    ...AWS_EXPLAIN,
    kind: 'the kind of host, by its name in `hosts`; default',
    gpu: 'how many GPUs or which (T4, L4, …) instead, as in `hosts`',
    type: 'instance type instead; may be given again',
    capacity: 'also how likely spot capacity is now, here and in other regions',
  },
  async run(context) {
    const { account, settings, print } = await openProjectContext(context)
    const wanted = { spec: specOf(context.flags, settings), maxHosts: settings.maxHosts }
    const findings = await examine(account, wanted, { capacity: context.flags['capacity'] === true })
    const width = Math.max(...findings.map(({ check }) => check.length))
    const lines = findings.flatMap(({ check, status, detail, fix }) => [
      `${SIGNS[status]} ${check.padEnd(width)}  ${detail}`,
      ...(fix ? [`${' '.repeat(width + 4)}${fix}`] : []),
    ])
    print(lines.join('\n'), findings)
    const code = findings.some(({ status }) => status === 'failure') ? 1 : 0
    // What AWS did not answer yet would keep this process.
    process.stdout.write('', () => process.exit(code))
    return code
  },
}
