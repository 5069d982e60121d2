import { Ec2Error } from '../errors.ts'

export interface CommandEnd {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** A command on a machine ended otherwise than well. */
export function commandFailed(command: string, machine: string, end: CommandEnd): Ec2Error {
  const how = end.signal === null ? `exited with status ${end.code}` : `was ended by ${end.signal}`
  const said = end.stderr.trim().split('\n').slice(-5).join('\n')
  const shown = command.length > 200 ? `${command.slice(0, 200)}…` : command
  return new Ec2Error('EC2_FUNCTION', `\`${shown}\` on ${machine} ${how}${said === '' ? '' : `: ${said}`}`, {
    data: { ...end, command },
  })
}
