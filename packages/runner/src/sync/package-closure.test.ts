import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HOST_PLATFORM } from './host-platform.ts'
import { closePackages } from './package-closure.ts'

function close(manifests: Record<string, object>, requested: string[], exclude: string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'closure-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [name, manifest] of Object.entries(manifests)) {
    const file = join(root, 'node_modules', name, 'package.json')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ name, ...manifest }))
  }
  const { packages, buildless } = closePackages({ root, requested, platform: HOST_PLATFORM, exclude })
  return { packages: packages.map(nameOf), buildless: buildless.map(nameOf) }
}

const nameOf = ({ manifest }: { manifest: { name?: string } }) => manifest.name

const MAC = { os: ['darwin'], cpu: ['arm64'] }
const LINUX = { os: ['linux'], cpu: ['x64'] }
const tool = { optionalDependencies: { 'tool-darwin-arm64': '1', 'tool-linux-x64': '1' } }

it('tells of a package of which only builds for other machines are installed', () => {
  expect(close({ tool, 'tool-darwin-arm64': MAC }, ['tool'])).toEqual({ packages: ['tool'], buildless: ['tool'] })
  expect(close({ tool, 'tool-darwin-arm64': MAC, 'tool-linux-x64': LINUX }, ['tool'])).toEqual({
    packages: ['tool', 'tool-linux-x64'],
    buildless: [],
  })
})

it('does without what one system alone has', () => {
  const watcher = { optionalDependencies: { fsevents: '2' } }
  const found = close({ watcher, fsevents: { os: ['darwin'] } }, ['watcher'])
  expect(found).toEqual({ packages: ['watcher'], buildless: [] })
})

it('leaves out packages that a glob names, and none for a glob about files', () => {
  const app = { dependencies: { tool: '1', other: '1' } }
  const found = (exclude: string[]) => close({ app, tool: {}, other: {} }, ['app', 'tool'], exclude).packages
  expect(found(['node_modules/tool'])).toEqual(['app', 'other'])
  expect(found(['**', '**/node_modules/**', 'tool'])).toEqual(['app', 'other', 'tool'])
})
