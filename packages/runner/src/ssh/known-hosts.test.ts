import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findKnownKeys } from './known-hosts.ts'

function fileWith(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'known-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'known_hosts'), lines.join('\n'))
  return join(folder, 'known_hosts')
}

const hashed = (name: string) => {
  const salt = Buffer.from('01234567890123456789')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

it.each([
  ['example.com', 'example.com', 22, true],
  ['example.com,10.0.0.1', '10.0.0.1', 22, true],
  ['EXAMPLE.com', 'example.com', 22, true],
  ['*.example.com', 'gpu.example.com', 22, true],
  ['*.example.com,!bad.example.com', 'bad.example.com', 22, false],
  ['host?', 'host1', 22, true],
  ['example.com', 'examplexcom', 22, false],
  ['example.com', 'example.com', 2222, false],
  ['[example.com]:2222', 'example.com', 2222, true],
  [hashed('example.com'), 'example.com', 22, true],
  [hashed('[example.com]:2222'), 'example.com', 2222, true],
  [hashed('example.org'), 'example.com', 22, false],
  ['#example.com', 'example.com', 22, false],
])('reads %s for %s port %i', (patterns, host, port, isKnown) => {
  const { accepted } = findKnownKeys([fileWith(`${patterns} ssh-ed25519 AAAA comment`)], host, port)
  expect(accepted).toEqual(isKnown ? ['ssh-ed25519 AAAA'] : [])
})

it('keeps revoked keys apart, leaves authorities out, and minds no missing file', () => {
  const file = fileWith('@revoked a ssh-rsa BAD', '@cert-authority a ssh-rsa CA', 'a ssh-rsa GOOD', '', 'nonsense')
  expect(findKnownKeys([`${file}-missing`, file], 'a', 22)).toEqual({
    accepted: ['ssh-rsa GOOD'],
    revoked: ['ssh-rsa BAD'],
  })
})
