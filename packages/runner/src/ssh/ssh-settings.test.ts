import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resolveSettings } from './ssh-settings.ts'

function homeWith(files: Record<string, string>): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, '.ssh/conf.d'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.ssh', name), text)
  return home
}
const alias = (name: string) => ({ alias: name, host: name, user: '', port: 22 })

it('follows an alias, what it includes and what holds for all', () => {
  const home = homeWith({
    config: 'Include conf.d/*\nHost *\n  User everyone\n  Port 2200\n',
    'conf.d/lab':
      'Host lab\n  HostName %h.example.com\n  User me\n  IdentityFile ~/.ssh/lab_key\n  HostKeyAlias lab-key\n',
    lab_key: 'the key',
  })
  expect(resolveSettings(alias('lab'), home)).toMatchObject({
    host: 'lab.example.com',
    port: 2200,
    user: 'me',
    hostKeyAlias: 'lab-key',
    keys: [{ name: join(home, '.ssh/lab_key'), text: 'the key' }],
    jumps: [],
    proxyCommand: undefined,
  })
  expect(resolveSettings({ ...alias('lab'), user: 'other', port: 2022 }, home)).toMatchObject({
    user: 'other',
    port: 2022,
  })
})

it('reads jump hosts in every form', () => {
  const home = homeWith({
    config: 'Host a\n  ProxyJump one,me@two:2222,ssh://you@[::1]:23\nHost b\n  ProxyJump none\n',
  })
  expect(resolveSettings(alias('a'), home).jumps).toEqual([
    { alias: 'one', host: 'one', user: '', port: 22 },
    { alias: 'two', host: 'two', user: 'me', port: 2222 },
    { alias: '::1', host: '::1', user: 'you', port: 23 },
  ])
  expect(resolveSettings(alias('b'), home).jumps).toEqual([])
})

it('fills in a proxy command', () => {
  const home = homeWith({
    config: 'Host a\n  HostName real\n  User me\n  ProxyCommand nc -X connect %h %p --as %r --100%%\n',
  })
  expect(resolveSettings(alias('a'), home).proxyCommand).toBe('nc -X connect real 22 --as me --100%')
})

it('asks neither the configuration nor the key agent when the key is given', () => {
  const home = homeWith({ config: 'Host *\n  User everyone\n  ProxyJump somewhere\n', id_ed25519: 'mine' })
  const settings = resolveSettings({ host: '10.0.0.1', port: 22, user: 'ubuntu', privateKey: 'launched' }, home)
  expect(settings).toMatchObject({ user: 'ubuntu', agent: undefined, jumps: [], keys: [{ text: 'launched' }] })
})
