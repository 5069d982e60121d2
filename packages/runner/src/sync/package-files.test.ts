import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HOST_PLATFORM, type PackageManifest } from './host-platform.ts'
import { findPackageFiles } from './package-files.ts'

const ARM = { os: 'linux', cpu: 'arm64', libc: 'glibc' }
const MACH_O = Buffer.from('cffaedfe0c000001000000000600000000000000', 'hex')
/** The first bytes of the Node that runs this, with another machine. */
const ELF = readFileSync('/proc/self/exe').subarray(0, 64)
const machine = (id: number) => {
  const header = Buffer.from(ELF)
  header.writeUInt16LE(id, 18)
  return header
}
const [X64, ARM64] = [machine(62), machine(183)]

const FETCHES = { scripts: { install: 'node install.js' } }

function find(files: Record<string, Buffer | string>, platform = HOST_PLATFORM, more: PackageManifest = FETCHES) {
  const root = mkdtempSync(join(tmpdir(), 'package-files-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'node_modules/addon')
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    if (path.startsWith('bin/')) chmodSync(join(folder, path), 0o755)
  }
  const manifest = { name: 'addon', version: '1.2.3', ...more }
  const { sources, compiled } = findPackageFiles({ folder, manifest, only: undefined }, root, platform)
  return { paths: sources.map(({ path }) => path.replace('node_modules/addon/', '')).toSorted(), compiled }
}

it('leaves out and names an add-on and a program that were compiled for another system', () => {
  const program = Buffer.concat([MACH_O, Buffer.alloc(20_000)])
  const files = { 'index.js': '', 'bin/tool': '#!/bin/sh\n', 'build/Release/addon.node': MACH_O, 'bin/ffmpeg': program }
  expect(find(files)).toEqual({ paths: ['bin/tool', 'index.js'], compiled: ['bin/ffmpeg', 'build/Release/addon.node'] })
})

it('takes the program of a package with builds for several platforms for none that hosts need', () => {
  const files = { 'bin/esbuild': Buffer.concat([MACH_O, Buffer.alloc(20_000)]) }
  const more = { ...FETCHES, optionalDependencies: { '@esbuild/linux-x64': '1' } }
  expect(find(files, HOST_PLATFORM, more)).toEqual({ paths: ['bin/esbuild'], compiled: [] })
})

it('names none in a package that brings an add-on for hosts too', () => {
  const files = { 'build/Release/addon.node': MACH_O, 'prebuilds/linux-x64/addon.node': X64, 'notes.node': 'text' }
  expect(find(files)).toEqual({ paths: ['notes.node', 'prebuilds/linux-x64/addon.node'], compiled: [] })
})

it('goes by the machine of the host', () => {
  const files = {
    'bin/linux/arm64/addon.node': ARM64,
    'bin/linux/x64/addon.node': X64,
    'bin/darwin/arm64/addon.node': MACH_O,
    'build/x64.node': X64,
    'build/arm.node': ARM64,
  }
  expect(find(files, ARM).paths).toEqual(['bin/linux/arm64/addon.node', 'build/arm.node'])
  expect(find(files).paths).toEqual(['bin/linux/x64/addon.node', 'build/x64.node'])
})
