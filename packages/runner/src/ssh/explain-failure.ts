import { Ec2Error } from '../errors.ts'
import type { SshSettings } from './ssh-settings.ts'

/** Says what kept us from a host, each cause in its own sentence. `data.reason` tells causes that pass from those that stay. */
export function explainFailure(error: Error, { host, port, user, keys, agent }: SshSettings): Ec2Error {
  if (error instanceof Ec2Error) return error
  const { code, level, message } = error as Error & { code?: string; level?: string }
  const where = `${host}:${port}`
  const fail = (reason: string, text: string, fix?: string) =>
    new Ec2Error('EC2_UNREACHABLE', text, {
      cause: error,
      data: { reason, host, port },
      ...(fix !== undefined && { fix }),
    })

  if (code === 'ECONNREFUSED') {
    return fail(
      'refused',
      `${where} refuses connections: no SSH server listens there`,
      'Is the machine up, and is that its SSH port?',
    )
  }
  if (code === 'ETIMEDOUT' || level === 'client-timeout') {
    return fail(
      'timeout',
      `${where} does not answer`,
      'Is the machine up? Do its security group and your network let SSH through?',
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fail('name', `There is no host called ${host}`)
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return fail('route', `There is no way from here to ${where}`)
  if (level === 'client-authentication') {
    const tried = [...keys.map(({ name }) => name), ...(agent === undefined ? [] : ['the key agent'])].join(', ')
    return fail(
      'authentication',
      `${host} does not accept \`${user}\` with the keys tried: ${tried}`,
      `Does \`ssh ${user}@${host}\` work?`,
    )
  }
  if (level === 'handshake' || /handshake|no matching/i.test(message)) {
    return fail('handshake', `${where} does not speak SSH as we do: ${message}`)
  }
  return fail('lost', `The connection to ${where} broke: ${message}`)
}
