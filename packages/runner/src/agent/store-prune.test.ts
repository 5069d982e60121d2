import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLocalHost, until } from '../../test/local-host.ts'

const DAY_MS = 24 * 3600_000

it('forgets what nobody has asked for in a month', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'vitest-ec2-'))
  const inStore = (...path: string[]) => join(stateDir, 'store', ...path)
  const [old, recent] = ['a', 'b'].map((letter) => letter.repeat(64))
  for (const [hash, days] of [
    [old!, 40],
    [recent!, 20],
  ] as const) {
    mkdirSync(inStore('packs', hash), { recursive: true })
    mkdirSync(inStore('uses'), { recursive: true })
    writeFileSync(inStore('uses', hash), '')
    const at = new Date(Date.now() - days * DAY_MS)
    utimesSync(inStore('uses', hash), at, at)
  }
  await using _host = await openLocalHost({ stateDir })
  await until(() => !existsSync(inStore('packs', old!)), 'the end of the old pack')
  expect(existsSync(inStore('packs', recent!))).toBe(true)
})
