import { openShell } from '../remote/shell.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openHost, splitHost } from './open-host.ts'

export const ssh: Command = {
  goesByProject: true,
  operands: '[instance | user@host]',
  flags: AWS_FLAGS,
  explain: AWS_EXPLAIN,
  async run(context) {
    const { name } = splitHost(context.operands)
    const connection = await openHost(context, name ?? context.operands[0], new AbortController().signal)
    try {
      return await openShell(connection)
    } finally {
      await connection.close()
    }
  },
}
