import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listInstalledPackages } from './installed-packages.ts'

it('lists packages of the root, of its workspaces, and those that pnpm hides', () => {
  const root = mkdtempSync(join(tmpdir(), 'installed-'))
  try {
    for (const path of [
      'node_modules/a',
      'node_modules/@s/b',
      'node_modules/.bin',
      'node_modules/.pnpm/node_modules/hidden',
      'packages/w/node_modules/own',
    ]) {
      mkdirSync(join(root, path), { recursive: true })
    }
    symlinkSync('../packages/w', join(root, 'node_modules/w'))
    symlinkSync('../nowhere', join(root, 'node_modules/broken'))
    symlinkSync('../../..', join(root, 'packages/w/node_modules/root'))
    expect(listInstalledPackages(root)).toEqual(['@s/b', 'a', 'broken', 'hidden', 'own', 'root', 'w'])
    expect(listInstalledPackages(join(root, 'packages/w/src'))).toEqual([])
  } finally {
    rmSync(root, { recursive: true })
  }
})
