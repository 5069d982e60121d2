import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bringToFolder } from '../../test/support/folder-host.ts'
import { createFolders, run, start } from '../../test/support/installed-project.ts'

const makeFolder = createFolders()

/** What a Mac with Apple silicon has installed: the tests need the builds that it has not. */
const MAC = ['--os=darwin', '--cpu=arm64', '--no-audit', '--no-fund']
const PNPM = 'pnpm@10.18.3'
const PROJECT = {
  'package.json': JSON.stringify({
    name: 'project',
    type: 'module',
    dependencies: { esbuild: '0.25.10', '@node-rs/crc32': '1.10.6', sharp: '0.34.4' },
  }),
  'main.js': `import { crc32 } from '@node-rs/crc32'
import { transformSync } from 'esbuild'
import sharp from 'sharp'
const create = { width: 3, height: 2, channels: 3, background: 'red' }
const { width } = await sharp(await sharp({ create }).png().toBuffer()).metadata()
console.log(JSON.stringify([crc32('x'), transformSync('let a: number = 1', { loader: 'ts' }).code, width]))
`,
}
const SAID = [2363233923, 'let a = 1;\n', 3]
const BUILDS = [
  '@esbuild/linux-x64@0.25.10',
  '@img/sharp-libvips-linux-x64@1.2.3',
  '@img/sharp-linux-x64@0.34.4',
  '@node-rs/crc32-linux-x64-gnu@1.10.6',
]

describe('builds for hosts', { timeout: 240_000 }, () => {
  let lock: string
  beforeAll(async () => {
    const root = makeProject({})
    await run('npm', ['install', '--package-lock-only', ...MAC], { cwd: root })
    lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  }, 120_000)

  it('are fetched once, and only to where hosts get them', async () => {
    const root = makeProject({ 'package-lock.json': lock })
    await run('npm', ['ci', ...MAC], { cwd: root })
    const installed = readdirSync(join(root, 'node_modules'), { recursive: true })
    await expect(start(root)).rejects.toThrow('linux-x64-gnu')

    const cacheDir = makeFolder('cache-')
    const said: string[] = []
    const onNotice = (sentence: string) => said.push(sentence)
    const there = await bringToFolder(root, packagesOf(root), { cacheDir, onNotice })
    expect(await start(there)).toEqual(SAID)
    expect(said).toEqual([`Fetching 4 builds for linux-x64: ${BUILDS.join(', ')}`])
    expect(readdirSync(join(root, 'node_modules'), { recursive: true })).toEqual(installed)

    expect(await start(await bringToFolder(root, packagesOf(root), { cacheDir, onNotice }))).toEqual(SAID)
    expect(said).toHaveLength(1)
  })

  it.for([
    ['pnpm', ['npx', '--yes', PNPM, 'install', '--ignore-scripts']],
    ['npm without a lockfile', ['npm', 'install', '--no-package-lock', ...MAC]],
  ] as const)('are fetched for a tree of %s', async ([, [program, ...args]]) => {
    const mac = '{ os: [darwin], cpu: [arm64], libc: [glibc] }'
    const root = makeProject({ 'pnpm-workspace.yaml': `packages: ['.']\nsupportedArchitectures: ${mac}\n` })
    const { CI: _, ...env } = process.env
    await run(program, args, { cwd: root, env })
    const said: string[] = []
    const there = await bringToFolder(root, packagesOf(root), { onNotice: (sentence) => said.push(sentence) })
    expect(await start(there)).toEqual(SAID)
    expect(said).toEqual([`Fetching 4 builds for linux-x64: ${BUILDS.join(', ')}`])
  })

  it('that cannot be fetched are named, with what npm said and what to do', async () => {
    const root = makeProject({ 'package-lock.json': lock })
    await run('npm', ['ci', ...MAC], { cwd: root })
    const away = `registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=${makeFolder('npm-')}\n`
    writeFileSync(join(root, '.npmrc'), away)
    const cacheDir = makeFolder('cache-')
    await expect(bringToFolder(root, packagesOf(root), { cacheDir })).rejects.toMatchObject({
      code: 'EC2_SYNC',
      message: expect.stringMatching(
        /could not be fetched: @esbuild.*, @img.*, @node-rs.* \(code ECONNREFUSED; .*127\.0\.0\.1/,
      ),
      fix: expect.stringContaining('npm install --os=linux --cpu=x64 --libc=glibc'),
    })
    expect(readdirSync(join(cacheDir, 'builds'))).toEqual([])
  })

  it('are refused when they are not what the lockfile says', async () => {
    const wrong = lock.replaceAll(
      /("node_modules\/@esbuild\/linux-x64": \{[^}]*"integrity": ")[^"]+/g,
      `$1sha512-${Buffer.alloc(64).toString('base64')}`,
    )
    expect(wrong).not.toBe(lock)
    const root = makeProject({ 'package-lock.json': lock })
    await run('npm', ['ci', ...MAC], { cwd: root })
    writeFileSync(join(root, 'package-lock.json'), wrong)
    await expect(bringToFolder(root, packagesOf(root))).rejects.toThrow(/@esbuild\/linux-x64@0\.25\.10 \(.*EINTEGRITY/)
  })

  it('are fetched by two processes at once', async () => {
    const root = makeProject({ 'package-lock.json': lock })
    await run('npm', ['ci', ...MAC], { cwd: root })
    const cacheDir = makeFolder('cache-')
    const script = `
import { closePackages } from ${JSON.stringify(new URL('package-closure.ts', import.meta.url))}
import { createBuildStage } from ${JSON.stringify(new URL('stage-builds.ts', import.meta.url))}
import { openStages } from ${JSON.stringify(new URL('stages.ts', import.meta.url))}
const platform = { os: 'linux', cpu: 'x64', libc: 'glibc' }
const [cacheDir, root, ...requested] = process.argv.slice(1)
const { buildless } = closePackages({ root, requested, platform })
const staged = await createBuildStage(openStages(cacheDir)).stage(buildless, { root, platform, onNotice: () => {} })
console.log(staged.filter(({ found }) => found.sources.length > 0).map(({ name }) => name).toSorted().join(' '))`
    const args = ['--input-type=module', '-e', script, cacheDir, root, ...packagesOf(root)]
    const both = await Promise.all([1, 2].map(() => run(process.execPath, args)))
    const names = BUILDS.map((build) => build.replace(/@[\d.]+$/, '')).join(' ')
    expect(both.map(({ stdout }) => stdout.trim())).toEqual([names, names])
    const stages = readdirSync(join(cacheDir, 'builds'))
    expect(stages).toHaveLength(3)
    for (const name of stages) expect(existsSync(join(cacheDir, 'builds', name, 'node_modules'))).toBe(true)
  })
})

function makeProject(files: Record<string, string>): string {
  const root = makeFolder('mac-')
  for (const [path, content] of Object.entries({ ...PROJECT, ...files })) writeFileSync(join(root, path), content)
  return root
}

function packagesOf(root: string): string[] {
  return ['@node-rs/crc32', 'esbuild', 'sharp'].map((name) => join(root, 'node_modules', name, 'package.json'))
}
