import { createHash } from 'node:crypto'
import { Ec2Error } from '../errors.ts'
import { findKnownKeys } from './known-hosts.ts'
import type { SshSettings } from './ssh-settings.ts'

/** Decides whether a host is the one it should be. There is no way to switch it off. */
export interface HostKeyCheck {
  /** key algorithms to ask for, so that a host shows the key we know; nothing: any */
  readonly algorithms: string[] | undefined
  /** returns why not */
  verify(key: Buffer): Ec2Error | undefined
}

/** `pinned`: the only keys accepted; without them the user's known_hosts decide, as for `ssh`. */
export function createHostKeyCheck(settings: SshSettings, pinned: readonly string[] | undefined): HostKeyCheck {
  const { host, port, knownHosts } = settings
  const name = settings.hostKeyAlias ?? host
  const known = pinned === undefined ? findKnownKeys(knownHosts, name, port) : { accepted: [...pinned], revoked: [] }
  const accepted = known.accepted.map(blobOf)
  const revoked = known.revoked.map(blobOf)
  const data = { host, port }
  return {
    algorithms: accepted.length === 0 ? undefined : [...new Set(known.accepted.flatMap(algorithmsOf))],
    verify(key) {
      const blob = key.toString('base64')
      const shown = `${typeOf(key)} ${fingerprint(key)}`
      if (revoked.includes(blob)) {
        return new Ec2Error('EC2_HOST_KEY', `The key of ${host} (${shown}) is revoked in your known_hosts`, { data })
      }
      if (accepted.includes(blob)) return undefined
      if (pinned !== undefined) {
        return new Ec2Error('EC2_HOST_KEY', `${host} answers with another key (${shown}) than it was launched with`, {
          fix: 'Somebody may be between you and it. Nothing was sent there; end the instance and launch again.',
          data,
        })
      }
      if (accepted.length > 0) {
        return new Ec2Error(
          'EC2_HOST_KEY',
          `The key of ${host} has changed: it shows ${shown}, your known_hosts has another`,
          {
            fix: `If you know why, remove the old key with \`ssh-keygen -R ${known22(name, port)}\` and connect once with \`ssh\`.`,
            data,
          },
        )
      }
      const command = `ssh ${port === 22 ? '' : `-p ${port} `}${settings.user}@${host}`
      return new Ec2Error('EC2_HOST_KEY', `The key of ${host} is not known yet: it shows ${shown}`, {
        fix: `Connect once with \`${command}\`, compare the fingerprint, and say yes: then it is in your known_hosts.`,
        data,
      })
    },
  }
}

function known22(name: string, port: number): string {
  return port === 22 ? name : `"[${name}]:${port}"`
}

function blobOf(line: string): string {
  const [type, blob] = line.trim().split(/\s+/)
  return blob ?? type ?? ''
}

function algorithmsOf(line: string): string[] {
  const type = line.trim().split(/\s+/)[0] ?? ''
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]
}

/** The first field of a public key is its type. */
function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + Math.min(64, key.readUInt32BE(0))).toString('latin1')
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}
