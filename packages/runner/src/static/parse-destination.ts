import { Ec2Error } from '../errors.ts'
import type { HostAddress } from '../host/connection.ts'

/**
 * `user@host`, `user@host:port`, `user@[2001:db8::1]:port`, or an alias of `~/.ssh/config`, which settles what is missing.
 * @throws Ec2Error `EC2_OPTIONS` for anything else
 */
export function parseDestination(text: string): HostAddress {
  const match = /^(?:(?<user>[^@\s]+)@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^@:\s[\]]+))(?::(?<port>\d+))?$/.exec(
    text,
  )
  const { user = '', v6, host = v6, port } = match?.groups ?? {}
  if (host === undefined || Number(port ?? 22) > 65535 || Number(port ?? 22) < 1) {
    throw new Ec2Error(
      'EC2_OPTIONS',
      `Expected a host to be \`user@host[:port]\` or an alias of ~/.ssh/config, got \`${text}\``,
    )
  }
  return { host, port: Number(port ?? 22), user, ...(v6 === undefined && { alias: host }) }
}
