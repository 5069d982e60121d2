import { execFileSync } from 'node:child_process'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import { findLoginKey, makeKeyPair } from './ssh-keys.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'vitest-ec2-keys-'))

describe('makeKeyPair', () => {
  it('makes keys that OpenSSH reads', () => {
    const file = join(folder(), 'key')
    const made = makeKeyPair()
    writeFileSync(file, made.private, { mode: 0o600 })
    expect(execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' }).trim()).toBe(made.public)
  })

  it('makes keys that read back, also those that begin with a zero', () => {
    for (let count = 0; count < 1000; count += 1) {
      const made = makeKeyPair()
      const key = ssh2.utils.parseKey(made.private)
      if (key instanceof Error) throw key
      expect(`ssh-ed25519 ${key.getPublicSSH().toString('base64')}`).toBe(made.public)
    }
  })
})

describe('findLoginKey', () => {
  it('makes a key once, for the user alone', () => {
    const state = folder()
    const first = findLoginKey(state, 'ada')
    expect(findLoginKey(state, 'ada')).toEqual(first)
    expect(findLoginKey(state, 'eve')).not.toEqual(first)
    expect(statSync(join(state, 'keys', 'ada')).mode & 0o777).toBe(0o600)
  })

  it('tells the public half of the private one', () => {
    const state = folder()
    const { private: text, public: told } = findLoginKey(state, 'ada')
    const key = ssh2.utils.parseKey(text)
    expect(key).not.toBeInstanceOf(Error)
    expect(`ssh-ed25519 ${(key as ssh2.ParsedKey).getPublicSSH().toString('base64')}`).toBe(told)
  })

  it('says so when the file is something else', () => {
    const state = folder()
    findLoginKey(state, 'ada')
    writeFileSync(join(state, 'keys', 'ada'), 'nonsense')
    expect(() => findLoginKey(state, 'ada')).toThrow('cannot be read')
  })
})
