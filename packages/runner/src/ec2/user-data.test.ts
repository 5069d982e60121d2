import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { toUserData } from './user-data.ts'
import { toWatchdogCommand } from './watchdog.ts'

const watchdog = { launch: 'abc123', user: 'ubuntu', maxAgeSeconds: 14_400, idleSeconds: 300 }
const hostKey = {
  private: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
  public: 'ssh-ed25519 AAAA',
}

describe('toUserData', () => {
  const text = toUserData({ watchdog, hostKey, publicKey: 'ssh-ed25519 BBBB' })

  it('is a cloud-config with the host key, the login key and the watchdog', () => {
    const [first, json = ''] = text.split('\n')
    expect(first).toBe('#cloud-config')
    const config = JSON.parse(json)
    expect(config.ssh_keys).toEqual({ ed25519_private: hostKey.private, ed25519_public: hostKey.public })
    expect(config.ssh_authorized_keys).toEqual(['ssh-ed25519 BBBB'])
    expect(config.bootcmd).toEqual([['sh', '-c', toWatchdogCommand(watchdog)]])
  })

  it('leaves most of the 16 KiB that EC2 takes', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(8192)
  })
})

describe('toWatchdogCommand', () => {
  it('is what sh understands', () => {
    // `-n` reads and runs nothing: this must never run here, it powers off.
    const { status, stderr } = spawnSync('sh', ['-n'], { input: toWatchdogCommand(watchdog), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('looks often enough for a short idle time', () => {
    expect(toWatchdogCommand(watchdog)).toContain('watchdog ubuntu 14400 300 5 abc123 <')
    expect(toWatchdogCommand({ ...watchdog, idleSeconds: 6 })).toContain('watchdog ubuntu 14400 6 1 abc123 <')
  })
})
