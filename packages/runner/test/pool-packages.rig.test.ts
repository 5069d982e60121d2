import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openOwnedHost } from './support/owned-host.ts'
import { createProject } from './support/project.ts'

const CONFIG = `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] } })] })
`

function toPackage(name: string, code: string, more: object = {}): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...more }),
    [`node_modules/${name}/index.js`]: code,
  }
}

describe('packages that no import names', { timeout: 120_000 }, () => {
  it('are brought when a test misses them, with all they need, and for the next files as well', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        ...toPackage('by-import', 'export const value = "imported"', { type: 'module', exports: './index.js' }),
        ...toPackage('by-require', 'module.exports = "not this"', {
          dependencies: { needed: '1' },
          main: 'lib/main.js',
        }),
        'node_modules/by-require/lib/main.js': 'module.exports = require("needed")',
        ...toPackage('needed', 'module.exports = "required"'),
        ...toPackage('@scope/undeclared', 'module.exports = "undeclared"'),
        ...toPackage('declared', 'module.exports = require(["@scope", "undeclared/index.js"].join("/"))'),
        'a.test.ts': `// @module-tag experiment
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import declared from 'declared'
const require = createRequire(import.meta.url)
const name = (word: string) => ['by', word].join('-')
test('imports', async () => { expect((await import(/* @vite-ignore */ name('import'))).value).toBe('imported') })
test('requires', () => { expect(require(name('require'))).toBe('required') })
test('has what a package of another does not declare', () => { expect(declared).toBe('undeclared') })
test('misses what is nowhere', async () => {
  await expect(import(/* @vite-ignore */ name('nobody'))).rejects.toThrow()
  expect(() => require(name('nobody'))).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }))
})`,
      },
    })
    const run = await project.vitest(['run', '--pool=ec2'], host)
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Tests  4 passed (4)'),
    })
  })

  it('are named with the reason when they cannot be brought', async () => {
    await using host = await openOwnedHost()
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'))
    writeFileSync(join(elsewhere, 'package.json'), '{ "name": "linked" }')
    writeFileSync(join(elsewhere, 'index.js'), 'module.exports = 1')
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'a.test.ts': `// @module-tag experiment
import { createRequire } from 'node:module'
import { test } from 'vitest'
test('a', () => { createRequire(import.meta.url)(['link', 'ed'].join('')) })`,
      },
    })
    mkdirSync(join(project.root, 'node_modules'), { recursive: true })
    symlinkSync(elsewhere, join(project.root, 'node_modules/linked'))
    const run = await project.vitest(['run', '--pool=ec2'], host)
    rmSync(elsewhere, { recursive: true })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(
      `The package linked, which is asked for in ${project.root}, is not on this host and could not be brought: The package linked lies at ${elsewhere}, outside the workspace`,
    )
    expect(run.stderr).toContain('instead of linking to it')
  })

  it('are named when a process or thread of a test misses them, and come by `sync.include`', async () => {
    await using host = await openOwnedHost()
    const include = ['node_modules/by-child', 'node_modules/@scope/by-thread']
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'vitest.include.config.ts': CONFIG.replace('sync: {', `sync: { include: ${JSON.stringify(include)},`),
        ...toPackage('by-child', 'export * from "needed"', {
          type: 'module',
          exports: './index.js',
          dependencies: { needed: '1' },
        }),
        ...toPackage('needed', 'exports.value = "by child"'),
        ...toPackage('@scope/by-thread', 'module.exports = "by thread"'),
        'child.mjs': 'import { value } from "by-child"; console.log(value)',
        'thread.cjs': 'require("node:worker_threads").parentPort.postMessage(require("@scope/by-thread"))',
        'a.test.ts': `// @module-tag experiment
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
test('a child', () => {
  expect(execFileSync(process.execPath, ['child.mjs'], { encoding: 'utf8' })).toBe('by child\\n')
})
test('a thread', async () => { expect(await once(new Worker('./thread.cjs'), 'message')).toEqual(['by thread']) })`,
      },
    })
    const run = await project.vitest(['run', '--pool=ec2'], host)
    expect(run.stdout).toContain('Tests  2 failed (2)')
    expect(run.stderr.match(/A process or thread .*/g)).toEqual(
      include
        .toSorted()
        .map(
          (path) =>
            `A process or thread that a test started did not find ${path} on its host: \`sync: { include: ['${path}'] }\` brings it there`,
        ),
    )
    const again = await project.vitest(['run', '--pool=ec2', '--config=vitest.include.config.ts'], host)
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  2 passed (2)') })
  })
})
