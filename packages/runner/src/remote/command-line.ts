import { Ec2Error } from '../errors.ts'
import { quote, toCommandLine } from '../host/shell.ts'

/** A program with its arguments as a shell command line: nothing in them is read by the shell. */
export function toProgramLine(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd?: string | undefined; env?: Readonly<Record<string, string>> | undefined } = {},
): string {
  const settings = Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new Ec2Error(
        'EC2_OPTIONS',
        `Expected a variable of \`env\` to have a name such as \`RUST_LOG\`, got \`${name}\``,
      )
    }
    return `${name}=${value}`
  })
  const words = settings.length > 0 ? ['env', ...settings, command, ...args] : [command, ...args]
  const line = toCommandLine(words)
  return cwd === undefined ? line : `cd -- ${quote(cwd)} && exec ${line}`
}
