import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HOST_PLATFORM } from './host-platform.ts'
import { closePackages } from './package-closure.ts'

function close(manifests: Record<string, object>, requested: string[]): string[] {
  const root = mkdtempSync(join(tmpdir(), 'closure-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [name, manifest] of Object.entries(manifests)) {
    const file = join(root, 'node_modules', name, 'package.json')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ name, ...manifest }))
  }
  return closePackages({ root, requested, platform: HOST_PLATFORM }).map(({ manifest }) => manifest.name ?? '')
}

const MAC = { os: ['darwin'], cpu: ['arm64'] }
const LINUX = { os: ['linux'], cpu: ['x64'] }
const tool = { optionalDependencies: { 'tool-darwin-arm64': '1', 'tool-linux-x64': '1' } }

it('refuses a package of which only builds for other machines are installed', () => {
  expect(() => close({ tool, 'tool-darwin-arm64': MAC }, ['tool'])).toThrow(
    /only builds for other machines are installed: tool-darwin-arm64$/,
  )
  expect(close({ tool, 'tool-darwin-arm64': MAC, 'tool-linux-x64': LINUX }, ['tool'])).toEqual([
    'tool',
    'tool-linux-x64',
  ])
})

it('does without what one system alone has', () => {
  const watcher = { optionalDependencies: { fsevents: '2' } }
  expect(close({ watcher, fsevents: { os: ['darwin'] } }, ['watcher'])).toEqual(['watcher'])
})
