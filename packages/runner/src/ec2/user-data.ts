import { Ec2Error } from '../errors.ts'
import { toWatchdogCommand, type WatchdogOptions } from './watchdog.ts'

export interface UserDataOptions {
  watchdog: WatchdogOptions
  /** the key by which the first connection knows the host; it makes its own right after */
  hostKey: { private: string; public: string }
  /** who may log in */
  publicKey: string
}

/** EC2's limit, before base64. */
const MAX_BYTES = 16_384

/** What cloud-init does at the first boot. JSON is YAML, and needs no care with indentation. */
export function toUserData({ watchdog, hostKey, publicKey }: UserDataOptions): string {
  const config = {
    bootcmd: [['sh', '-c', toWatchdogCommand(watchdog)]],
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.private, ed25519_public: hostKey.public },
    ssh_authorized_keys: [publicKey],
    // The first boot of an Ubuntu image otherwise holds apt's lock for minutes.
    apt: { conf: 'APT::Periodic::Enable "0";\n' },
  }
  const text = `#cloud-config\n${JSON.stringify(config)}\n`
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new Ec2Error('EC2_API', `The user data is ${Buffer.byteLength(text)} bytes; EC2 takes ${MAX_BYTES}`)
  }
  return text
}
