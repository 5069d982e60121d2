import { Ec2Error } from '../errors.ts'
import { toProgramLine } from '../remote/command-line.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openHost, splitHost } from './open-host.ts'

export const exec: Command = {
  goesByProject: true,
  operands: '[instance | user@host] -- command [argument…]',
  flags: AWS_FLAGS,
  explain: AWS_EXPLAIN,
  async run(context) {
    const { name, rest } = splitHost(context.operands)
    const [command, ...args] = rest
    if (command === undefined) {
      throw new Ec2Error('EC2_OPTIONS', 'There is no command to run', { fix: '`npx vitest-ec2 exec -- nvidia-smi`' })
    }
    const abort = new AbortController()
    process.once('SIGINT', () => abort.abort()).once('SIGTERM', () => abort.abort())
    const connection = await openHost(context, name, abort.signal)
    const isJson = context.flags['json'] === true
    try {
      const { stdout, stderr } = await connection.exec(toProgramLine(command, args), {
        signal: abort.signal,
        ...(!isJson && {
          onStdout: (chunk: Uint8Array) => void process.stdout.write(chunk),
          onStderr: (chunk: Uint8Array) => void process.stderr.write(chunk),
        }),
      })
      if (isJson) context.print('', { code: 0, stdout, stderr })
      return 0
    } catch (error) {
      const { code, stdout, stderr } = error instanceof Ec2Error ? error.data : {}
      // The command's own status is the answer: it has said itself what is wrong.
      if (typeof code !== 'number') throw error
      if (isJson) context.print('', { code, stdout, stderr })
      return code
    } finally {
      await connection.close()
    }
  },
}
