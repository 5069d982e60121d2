import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchMissingVariables } from './missing-variables.ts'

let root: string
let code: { plain: () => unknown; has: () => boolean; byPackage: () => unknown; write: () => unknown }
let ofPackage: { read: (env: NodeJS.ProcessEnv) => unknown }

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'variables-'))
  mkdirSync(join(root, 'node_modules/schema'), { recursive: true })
  writeFileSync(
    join(root, 'node_modules/schema/index.js'),
    'exports.read = (env) => [env.BY_PACKAGE, "MISSING" in env]',
  )
  writeFileSync(
    join(root, 'code.cjs'),
    `const schema = require('schema')
    exports.plain = () => process.env.NO_SUCH_VARIABLE
    exports.has = () => 'NOR_THIS' in process.env
    exports.byPackage = () => schema.read(process.env)
    exports.write = () => { process.env.WRITTEN = undefined; return process.env.WRITTEN }`,
  )
  const load = createRequire(join(root, 'code.cjs'))
  code = load('./code.cjs') as typeof code
  ofPackage = load('schema') as typeof ofPackage
})
afterAll(() => {
  delete process.env['WRITTEN']
  rmSync(root, { recursive: true })
})

it('tells once of what code of the workspace misses, itself or by a package', async () => {
  const told: string[] = []
  const stop = watchMissingVariables((name) => told.push(name))
  try {
    // The test calls from below the agent's own folder, which counts as no workspace.
    expect([code.plain(), code.plain(), code.has()]).toEqual([undefined, undefined, false])
    code.byPackage()
    const text = 'export default () => process.env.BY_TEXT'
    const { default: read } = (await import(/* @vite-ignore */ `data:text/javascript,${text}`)) as {
      default: () => unknown
    }
    read()
    expect(told).toEqual(['NO_SUCH_VARIABLE', 'NOR_THIS', 'BY_PACKAGE', 'MISSING', 'BY_TEXT'])
  } finally {
    stop()
  }
})

it('tells nothing of what packages ask for on their own account, nor of what every object has', () => {
  const told: string[] = []
  const stop = watchMissingVariables((name) => told.push(name))
  try {
    ofPackage.read(process.env)
    expect(process.env.hasOwnProperty('PATH')).toBe(true)
    expect(told).toEqual([])
  } finally {
    stop()
  }
})

it('leaves the environment what it is', () => {
  const before = { keys: Object.keys(process.env), names: [] as string[] }
  const stop = watchMissingVariables(() => {})
  try {
    for (const name in process.env) before.names.push(name)
    expect(Object.keys(process.env)).toEqual(before.keys)
    expect(before.names).toEqual(before.keys)
    expect(code.write()).toBe('undefined')
  } finally {
    stop()
  }
})
