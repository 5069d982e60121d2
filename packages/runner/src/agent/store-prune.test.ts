import { existsSync, linkSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLocalHost, until } from '../../test/local-host.ts'

const DAY_MS = 24 * 3600_000

it('forgets what nobody has asked for in a month, and keeps what a tree is made of', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'vitest-ec2-'))
  const inStore = (...path: string[]) => join(stateDir, 'store', ...path)
  const [old, recent, linked, tree] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64)) as [string, ...string[]]
  for (const [folder, hash, days] of [
    ['packs', old, 40],
    ['packs', recent, 20],
    ['packs', linked, 40],
    ['trees', tree, 20],
  ] as const) {
    mkdirSync(inStore(folder, hash!), { recursive: true })
    mkdirSync(inStore('uses'), { recursive: true })
    writeFileSync(inStore('uses', hash!), '')
    const at = new Date(Date.now() - days * DAY_MS)
    utimesSync(inStore('uses', hash!), at, at)
  }
  writeFileSync(inStore('packs', linked!, 'content'), '')
  linkSync(inStore('packs', linked!, 'content'), inStore('trees', tree!, 'file'))
  await using _host = await openLocalHost({ stateDir })
  await until(() => !existsSync(inStore('packs', old)), 'the end of the old pack')
  expect(existsSync(inStore('packs', recent!))).toBe(true)
  expect(existsSync(inStore('packs', linked!))).toBe(true)
})
