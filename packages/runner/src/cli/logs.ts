import { ConsoleReader } from '../detached/console-reader.ts'
import { Ec2Error } from '../errors.ts'
import { isRunId } from '../run-id.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import type { Context } from './context.ts'
import { openHost, splitHost } from './open-host.ts'
import { openRun } from './open-run.ts'

const LINES = '200'
/** What the boot and our own processes said; not every image has each of them. */
const READ = (lines: number) =>
  `for f in /var/log/cloud-init-output.log /var/lib/vitest-ec2/*/agent.log /var/lib/vitest-ec2/*/detached.log; do sudo -n test -r $f && echo "── $f" && sudo -n tail -n ${lines} $f; done; true`

export const logs: Command = {
  goesByProject: true,
  operands: '[instance | user@host | detached run]',
  flags: { ...AWS_FLAGS, lines: { type: 'string', short: 'n' }, console: { type: 'boolean' } },
  explain: {
    ...AWS_EXPLAIN,
    lines: `the last so many lines of each; ${LINES}`,
    console: "the instance's console as AWS keeps it, for one that cannot be reached",
  },
  async run(context) {
    const { flags, operands, print } = context
    const [run = ''] = operands
    if (isRunId(run)) return await showConsole(context, run)
    const { name } = splitHost(operands)
    const lines = Number(flags['lines'] ?? LINES)
    if (!Number.isInteger(lines) || lines < 1) {
      throw new Ec2Error(
        'EC2_OPTIONS',
        `Expected \`--lines\` to be a positive integer, got \`${String(flags['lines'])}\``,
      )
    }
    if (flags['console'] === true) {
      if (!name?.startsWith('i-')) throw new Ec2Error('EC2_OPTIONS', 'The console of which instance? Name it: i-…')
      const ec2 = await (await context.open()).clients.ec2()
      const { Output = '' } = await ec2.getConsoleOutput({ InstanceId: name })
      const text = Buffer.from(Output, 'base64').toString().trimEnd().split('\n').slice(-lines).join('\n')
      print(text === '' ? `AWS has nothing of the console of ${name} yet.` : text, { console: text })
      return 0
    }
    const connection = await openHost(context, name, new AbortController().signal)
    try {
      const { stdout } = await connection.exec(READ(lines))
      print(stdout.trimEnd(), { logs: stdout })
      return 0
    } finally {
      await connection.close()
    }
  },
}

/** What a detached run has printed so far, also when its instance is gone. */
async function showConsole(context: Context, run: string): Promise<number> {
  const { store, record } = await openRun(context, run)
  const chunks: Uint8Array[] = []
  await new ConsoleReader(store, record.id).read((bytes) => void chunks.push(bytes))
  const text = Buffer.concat(chunks).toString()
  context.print(text.trimEnd(), { logs: text })
  return 0
}
