import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { installedEnvironment } from './installed-environment.ts'

it('reads what every folder asks for, and no line that sets nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'installed-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['a', 'b', 'c']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'a/environment'), '# why\nNODE_PATH=/opt/a\nEMPTY=\n\nexport NO=1\n')
  writeFileSync(join(folder, 'b/environment'), 'NODE_PATH=/opt/b=b')
  expect(installedEnvironment(folder)).toEqual({ NODE_PATH: '/opt/b=b', EMPTY: '' })
  expect(installedEnvironment(join(folder, 'nothing'))).toEqual({})
})
