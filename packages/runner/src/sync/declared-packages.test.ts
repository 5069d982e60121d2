import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findDeclaredPackages } from './declared-packages.ts'

function lay(files: Record<string, object | string>): string {
  const root = mkdtempSync(join(tmpdir(), 'declared-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

it('finds what the manifests of a workspace name, where each finds it', async () => {
  const root = lay({
    'package.json': {
      devDependencies: { vitest: '*', '@types/node': '*', fonts: '*', gone: '*', node: '*', left: '*' },
    },
    'packages/art/package.json': { name: 'art', dependencies: { paint: '1' } },
    'node_modules/vitest/package.json': { name: 'vitest' },
    'node_modules/vite/package.json': { name: 'vite' },
    'node_modules/@types/node/package.json': {},
    'node_modules/fonts/package.json': { name: 'fonts' },
    'node_modules/paint/package.json': { name: 'paint', version: '2.0.0' },
    'node_modules/left/package.json': {},
    'packages/art/node_modules/paint/package.json': { name: 'paint', version: '1.0.0' },
    // a command, with an entry that is not there
    'node_modules/node/package.json': { bin: { node: 'bin/node' }, main: 'index.js' },
  })
  symlinkSync('../packages/art', join(root, 'node_modules/art'))
  const found = await findDeclaredPackages(root, ['node_modules/left'])
  expect(found.map((path) => path.slice(root.length + 1)).toSorted()).toEqual([
    'node_modules/art/package.json',
    'node_modules/fonts/package.json',
    'node_modules/vite/package.json',
    'node_modules/vitest/package.json',
    'packages/art/node_modules/paint/package.json',
  ])
})
