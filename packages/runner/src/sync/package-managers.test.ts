import { execFile } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bringToFolder } from '../../test/support/folder-host.ts'

const run = promisify(execFile)

const FILES: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'monorepo',
    private: true,
    workspaces: ['packages/*'],
    dependencies: { 'is-odd': '3.0.1' },
  }),
  '.gitignore': 'node_modules\ndist\n',
  'packages/lib/package.json': JSON.stringify({
    name: 'lib',
    version: '1.0.0',
    type: 'module',
    exports: './dist/index.js',
    files: ['dist'],
    dependencies: { 'is-number': '7.0.0' },
  }),
  'packages/lib/dist/index.js': `import isNumber from 'is-number'\nexport const both = [isNumber('1'), isNumber('x')]\n`,
  'packages/app/package.json': JSON.stringify({
    name: 'app',
    version: '1.0.0',
    type: 'module',
    dependencies: { lib: '1.0.0', semver: '7.7.2', '@node-rs/crc32': '1.10.6', react: '19.1.0', scheduler: '0.26.0' },
  }),
  'packages/app/tool.sh': '#!/bin/sh\necho tool\n',
  'packages/app/Case.js': '// upper\n',
  'packages/app/case.js': '// lower\n',
  'packages/app/main.js': `import { both } from 'lib'
import { createRequire } from 'node:module'
import { crc32 } from '@node-rs/crc32'
import semver from 'semver'
import isOdd from 'is-odd'
import React from 'react'
const own = createRequire(createRequire(import.meta.url).resolve('is-odd'))
console.log(JSON.stringify([both, crc32('x'), semver.valid('1.2.3'), isOdd(3), own('is-number/package.json').version, React.version]))
`,
}
/** `is-odd` needs an older `is-number` than `lib`: each has its own. */
const SAID = [[true, false], 2363233923, '1.2.3', true, '6.0.0', '19.1.0']

const LINUX = { supportedArchitectures: { os: ['linux'], cpu: ['x64'], libc: ['glibc'] } }
const PNPM = 'pnpm@10.18.3'
const BERRY = '@yarnpkg/cli-dist@4.10.3'
const inPackage = (yaml: object) =>
  Object.entries(yaml)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')

interface Manager {
  files?: Record<string, string>
  install: readonly string[]
}
const MANAGERS: Record<string, Manager> = {
  npm: { install: ['npm', 'install'] },
  pnpm: {
    files: {
      'pnpm-workspace.yaml': inPackage({ packages: ['packages/*'], linkWorkspacePackages: true, ...LINUX }),
    },
    install: ['npx', '--yes', PNPM, 'install', '--no-frozen-lockfile'],
  },
  'pnpm, hoisted': {
    files: {
      'pnpm-workspace.yaml': inPackage({
        packages: ['packages/*'],
        linkWorkspacePackages: true,
        nodeLinker: 'hoisted',
      }),
    },
    install: ['npx', '--yes', PNPM, 'install', '--no-frozen-lockfile'],
  },
  'yarn 1': { install: ['npx', '--yes', 'yarn@1.22.22', 'install', '--no-lockfile', '--ignore-engines'] },
  'yarn 4 with node_modules': {
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '' },
    install: ['npx', '--yes', '--package', BERRY, 'yarn', 'install', '--no-immutable'],
  },
}

async function install({ files, install: [program, ...args] }: Manager, more: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'managed-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries({ ...FILES, ...files, ...more })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  chmodSync(join(root, 'packages/app/tool.sh'), 0o755)
  symlinkSync('main.js', join(root, 'packages/app/linked.js'))
  const { NODE_ENV: _, CI: _2, ...env } = process.env
  await run(program!, args, { cwd: root, env: { ...env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' }, maxBuffer: 1 << 26 })
  return root
}

async function start(root: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: join(root, 'packages/app') })
  return JSON.parse(stdout)
}

const requested = (root: string) =>
  ['lib', 'semver', '@node-rs/crc32', 'react', 'is-odd'].map((name) => {
    const [own, shared] = [join(root, 'packages/app/node_modules', name), join(root, 'node_modules', name)]
    return join(statSync(own, { throwIfNoEntry: false }) ? own : shared, 'package.json')
  })

describe('packages as they are installed by', { timeout: 240_000 }, () => {
  it.for(Object.keys(MANAGERS))('%s are the same on a host', async (name) => {
    const root = await install(MANAGERS[name]!)
    expect(await start(root)).toEqual(SAID)
    const there = await bringToFolder(root, requested(root))
    expect(await start(there)).toEqual(SAID)
    expect(describeFiles(there)).toEqual(describeFiles(root))
    expect(Object.values(describeFiles(there))).toContain('755 #!/bin/sh')
  })

  it("yarn 4 with Plug'n'Play are refused with what to do", async () => {
    const root = mkdtempSync(join(tmpdir(), 'managed-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    writeFileSync(join(root, '.pnp.cjs'), '')
    const zip = join(root, '.yarn/cache/is-odd-npm-3.0.1-93c3c3f41b-89ee2e353c.zip/node_modules/is-odd/index.js')
    await expect(bringToFolder(root, [zip])).rejects.toMatchObject({
      code: 'EC2_SYNC',
      fix: expect.stringContaining('nodeLinker: node-modules'),
    })
  })

  it('pnpm for darwin-arm64 and linux-x64 side by side: a host gets its own', async () => {
    const both = { supportedArchitectures: { os: ['darwin', 'linux'], cpu: ['arm64', 'x64'], libc: ['glibc'] } }
    const workspace = inPackage({ packages: ['packages/*'], linkWorkspacePackages: true, ...both })
    const root = await install(MANAGERS['pnpm']!, { 'pnpm-workspace.yaml': workspace })
    const there = await bringToFolder(root, requested(root))
    expect(await start(there)).toEqual(SAID)
    const builds = readdirSync(join(there, 'node_modules/.pnpm')).filter((name) => name.startsWith('@node-rs+crc32-'))
    expect(builds).toEqual(['@node-rs+crc32-linux-x64-gnu@1.10.6'])
    expect(readdirSync(join(root, 'node_modules/.pnpm'))).toContain('@node-rs+crc32-darwin-arm64@1.10.6')
  })
})

/** What of a workspace is easily lost: modes, links, names that differ by their case alone, and the commands of packages. */
function describeFiles(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  const folder = join(root, 'packages/app')
  for (const name of ['tool.sh', 'linked.js', 'Case.js', 'case.js', 'node_modules/.bin/semver']) {
    const path = join(folder, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats) continue
    if (stats.isSymbolicLink()) found[name] = `-> ${readlinkSync(path)}`
    else found[name] = `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, 'utf8').split('\n')[0]}`
  }
  return found
}
