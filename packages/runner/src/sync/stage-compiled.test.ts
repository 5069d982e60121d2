import { createRequire } from 'node:module'
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bringToFolder } from '../../test/support/folder-host.ts'
import { createFolders, run, start } from '../../test/support/installed-project.ts'
import { openNativeRegistry, type NativeRegistry } from '../../test/support/native-registry.ts'

const makeFolder = createFolders()
let registry: NativeRegistry
/** of npm; what prebuild-install downloads lies there too */
let npmCache: string
let mac: string
beforeAll(async () => {
  // Any add-on that Node loads: this one comes as a package of its own.
  const from = makeFolder('addon-')
  await run('npm', ['install', '--prefix', from, '--no-audit', '--no-fund', '@node-rs/crc32-linux-x64-gnu@1.10.6'])
  registry = await openNativeRegistry(createRequire(join(from, 'x.js')).resolve('@node-rs/crc32-linux-x64-gnu'))
  npmCache = makeFolder('npm-')
  process.env['npm_config_cache'] = npmCache
  mac = await installAsMac()
}, 60_000)
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
})
beforeEach(() => {
  registry.prebuilt = ['linux-x64', 'darwin-arm64']
  registry.asked.length = 0
  rmSync(join(npmCache, '_prebuilds'), { recursive: true, force: true })
})

const FETCHING = 'Fetching 1 build for linux-x64: @acme/crc@1.0.0, by its install script'
const WITHOUT =
  '@acme/crc is compiled for this machine and goes to hosts without build/Release/crc.node, as they run linux-x64 and '

describe('a package whose install script downloaded an add-on for this machine', { timeout: 120_000 }, () => {
  it('goes with the one that its script downloads for hosts, which is asked for once', async () => {
    const root = copyMac()
    await expect(start(root)).rejects.toThrow('invalid ELF header')
    const installed = readdirSync(root, { recursive: true })
    const cacheDir = makeFolder('cache-')
    const said: string[] = []
    const bring = () => bringToFolder(root, packagesOf(root), { cacheDir, onNotice: (one) => void said.push(one) })
    expect(await start(await bring())).toBe(2363233923)
    expect(said).toEqual([FETCHING])
    expect(readdirSync(root, { recursive: true })).toEqual(installed)
    registry.asked.length = 0
    expect(await start(await bring())).toBe(2363233923)
    expect([said, registry.asked]).toEqual([[FETCHING], []])
  })

  it('goes without where its script has none and would compile; it is asked again an hour later', async () => {
    const root = copyMac()
    const cacheDir = makeFolder('cache-')
    const said: string[] = []
    const bring = () => bringToFolder(root, packagesOf(root), { cacheDir, onNotice: (one) => void said.push(one) })
    registry.prebuilt = []
    await bring()
    await bring()
    const none = expect.stringMatching(/^its install script fails \(.*\)\. If it is needed there: `setup` can install/)
    expect(said.map((one) => one.replace(WITHOUT, ''))).toEqual([FETCHING, none, none])
    expect(said[1]).toMatch(/fails \(prebuild-install warn install No prebuilt binaries found \(.*platform=linux\)\)\./)

    registry.prebuilt = ['linux-x64']
    for (const stage of readdirSync(join(cacheDir, 'builds'))) {
      const anHourAgo = Date.now() / 1000 - 3601
      utimesSync(join(cacheDir, 'builds', stage, 'reason.txt'), anHourAgo, anHourAgo)
    }
    expect(await start(await bring())).toBe(2363233923)
  })

  it.for([
    ['the lockfile has no checksum of it', 'no lockfile here has its checksum', /,\n\s*"integrity": "[^"]*"/g, ''],
    ['the registry has another than the lockfile', 'EINTEGRITY', /(sha512-)[^"]{20}/g, `$1${'A'.repeat(20)}`],
  ] as const)('goes without, and no script runs, where %s', async ([, reason, pattern, by]) => {
    const root = copyMac()
    const lock = join(root, 'package-lock.json')
    const text = readFileSync(lock, 'utf8')
    const [before = ''] = /"node_modules\/@acme\/crc": \{[^}]*/.exec(text) ?? []
    writeFileSync(lock, text.replace(before, before.replace(pattern, by)))
    expect(readFileSync(lock, 'utf8')).not.toBe(text)
    const said: string[] = []
    await bringToFolder(root, packagesOf(root), { onNotice: (one) => void said.push(one) })
    expect(said.at(-1)).toContain(WITHOUT)
    expect(said.at(-1)).toContain(reason)
    expect(registry.asked.filter((path) => path.includes('prebuilt'))).toEqual([])
  })

  it('goes without where its user lets no script run', async () => {
    const root = copyMac()
    appendFileSync(join(root, '.npmrc'), 'ignore-scripts=true\n')
    const said: string[] = []
    await bringToFolder(root, packagesOf(root), { onNotice: (one) => void said.push(one) })
    expect(said.at(-1)).toContain(`${WITHOUT}its install script fetches none. `)
    expect(registry.asked.filter((path) => path.includes('prebuilt'))).toEqual([])
  })
})

/** A workspace with the package, as npm leaves it on a Mac with Apple silicon. */
async function installAsMac(): Promise<string> {
  const root = makeFolder('mac-')
  const files = {
    '.npmrc': registry.npmrc,
    'package.json': JSON.stringify({ name: 'project', dependencies: { '@acme/crc': '1.0.0' } }),
    'main.js': `console.log(require('@acme/crc').crc32('x'))\n`,
  }
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, path), content)
  const env = { ...process.env, npm_config_platform: 'darwin', npm_config_arch: 'arm64' }
  await run('npm', ['install', '--os=darwin', '--cpu=arm64', '--no-audit', '--no-fund'], { cwd: root, env })
  return root
}

function copyMac(): string {
  const root = makeFolder('copy-')
  cpSync(mac, root, { recursive: true, verbatimSymlinks: true })
  return root
}

function packagesOf(root: string): string[] {
  return [join(root, 'node_modules/@acme/crc/package.json')]
}
