import type { Feature } from '../support/parity.ts'
import { head } from './head.ts'

/** What a test may do: each must come out the same on a host as here. */
export const TESTS: Record<string, Feature> = {
  'passing, failing, skipped and todo tests': {
    files: {
      'a.test.ts': `${head}
test('passes', () => {})
test('fails', () => { expect({ a: 1, b: [1, 2] }).toEqual({ a: 2, b: [1, 3] }) })
test.skip('skipped', () => {})
test.todo('todo')
test.fails('fails as expected', () => { throw new Error('no') })
describe('a suite', () => { test('in it', ({ task }) => { task.meta.note = 'kept' }) })
test.each([1, 2])('each %i', (n) => { expect(n).toBeLessThan(2) })`,
    },
  },
  'an error with a cause, a custom class and a source position': {
    files: {
      'a.test.ts': `${head}
import { thrower } from './dep.ts'
test('throws', () => { thrower() })
test('throws a string', () => { throw 'just words' })
test('throws many', () => { throw new AggregateError([new Error('one'), new TypeError('two')], 'both') })`,
      'dep.ts': `class Odd extends Error { name = 'Odd'; extra = { deep: [1] } }

export function thrower(): never { throw new Odd('odd thing', { cause: new Error('the cause') }) }`,
    },
  },
  'an import that throws': {
    files: { 'a.test.ts': `${head}import './dep.ts'\ntest('a', () => {})`, 'dep.ts': `throw new Error('at import')` },
  },
  'an import of nothing': { files: { 'a.test.ts': `${head}import './nothing.ts'\ntest('a', () => {})` } },
  'a file that does not parse': {
    files: { 'a.test.ts': `${head}test('a', () => {`, 'b.test.ts': `${head}test('b', () => {})` },
  },
  'a file without tests': { files: { 'a.test.ts': head } },
  'a missing package': { files: { 'a.test.ts': `${head}import 'no-such-package'\ntest('a', () => {})` } },
  'timeouts of tests and hooks': {
    files: {
      'a.test.ts': `${head}
test('late', async () => { await new Promise(() => {}) }, 100)
describe('hook', () => { beforeAll(async () => { await new Promise(() => {}) }, 100); test('never', () => {}) })`,
    },
  },
  'unhandled rejections': {
    files: {
      'a.test.ts': `${head}test('a', async () => { void Promise.reject(new Error('nobody waits')); await new Promise((r) => setTimeout(r, 50)) })`,
    },
  },
  'snapshots, in files and inline: written, matched, obsolete, failing': {
    files: {
      'a.test.ts': `${head}import { data } from './data.ts'
test('file', () => { expect(data).toMatchSnapshot(); expect('named').toMatchSnapshot('a name') })
test('inline', () => { expect(data).toMatchInlineSnapshot() })
test('own file', async () => { await expect(JSON.stringify(data)).toMatchFileSnapshot('./out/data.json') })`,
      'data.ts': `export const data = { a: 1, text: 'ä' }`,
    },
    between: { 'data.ts': `export const data = { a: 2, text: 'ä' }` },
    commands: [[], [], ['-u']],
  },
  'a serializer and a resolver of snapshots': {
    config: `snapshotSerializers: ['./serializer.ts'], resolveSnapshotPath: (path, extension) => path.replace('a.test', 'snaps/a') + extension`,
    files: {
      'serializer.ts': `export default { test: (value) => typeof value === 'string', serialize: (value) => 'text ' + value }`,
      'a.test.ts': `${head}test('a', () => { expect('x').toMatchSnapshot() })`,
    },
  },
  'mocks of modules, with and without factory, and spies': {
    files: {
      'a.test.ts': `${head}
import { value, twice } from './dep.ts'
import { join } from 'node:path'
vi.mock('./dep.ts', async (original) => ({ ...(await original()), value: 'mocked' }))
vi.mock('node:path', { spy: true })
test('mocked', () => { expect([value, twice(2)]).toEqual(['mocked', 4]) })
test('spied', () => { join('a', 'b'); expect(vi.mocked(join)).toHaveBeenCalledWith('a', 'b') })
test('by folder', async () => { vi.doMock('./other.ts'); expect((await import('./other.ts')).other).toBe('from __mocks__') })`,
      'dep.ts': `export const value = 'real'\nexport const twice = (n: number) => n * 2`,
      'other.ts': `export const other = 'real'`,
      '__mocks__/other.ts': `export const other = 'from __mocks__'`,
    },
  },
  'fake timers and dates': {
    files: {
      'a.test.ts': `${head}
test('timers', async () => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'queueMicrotask'] })
  const fn = vi.fn()
  setTimeout(fn, 1000)
  vi.advanceTimersByTime(1000)
  expect([fn.mock.calls.length, Date.now()]).toEqual([1, 1000])
  console.log('under fake timers')
  expect(1).toMatchSnapshot()
})`,
    },
  },
  'what is printed, to the console and past it': {
    files: {
      // Console and streams are two ways to the client, so the one has to have arrived before the other is used.
      'a.test.ts': `${head}import { setTimeout as wait } from 'node:timers/promises'
console.log('at import')
beforeAll(() => console.warn('in a hook'))
test('a', () => { console.log('a', { deep: { er: 1 } }); console.error('b') })
test('past it', async () => { await wait(1000); process.stdout.write('raw out\\n'); process.stderr.write('raw err\\n'); await wait(1000) })`,
    },
  },
  'annotations and attachments': {
    files: {
      'a.test.ts': `${head}test('a', async ({ annotate }) => { await annotate('a note'); await annotate('a file', { path: './file.txt' }) })`,
      'file.txt': 'attached',
    },
  },
  'files read and written beside the tests': {
    files: {
      'fixtures/in.txt': 'input',
      'a.test.ts': `${head}import fs from 'node:fs'
test('a', () => {
  expect(fs.readFileSync(new URL('./fixtures/in.txt', import.meta.url), 'utf8')).toBe('input')
  expect(fs.readdirSync('.').filter((name) => name.endsWith('.ts'))).toEqual(['a.test.ts', 'vitest.config.ts'])
  fs.mkdirSync('made/deep', { recursive: true }); fs.writeFileSync('made/deep/out.txt', 'output')
  fs.appendFileSync('fixtures/in.txt', ' and more'); fs.symlinkSync('in.txt', 'fixtures/link.txt')
})`,
    },
  },
  'worker threads and child processes in tests': {
    files: {
      'worker.mjs': `import { parentPort } from 'node:worker_threads'\nparentPort.postMessage('from a thread')`,
      'child.mjs': `process.stdout.write('from a child')`,
      'a.test.ts': `${head}import { execFileSync, fork } from 'node:child_process'\nimport { Worker } from 'node:worker_threads'\nimport { join } from 'node:path'
test('thread', async () => { expect(await new Promise((r) => new Worker(join(import.meta.dirname, 'worker.mjs')).once('message', r))).toBe('from a thread') })
test('child', () => { expect(execFileSync(process.execPath, ['child.mjs'], { encoding: 'utf8' })).toBe('from a child') })`,
    },
  },
  'process.exit in a test': { files: { 'a.test.ts': `${head}test('a', () => { process.exit(3) })` } },
  'CommonJS packages and JSON': {
    files: {
      'node_modules/cjs/package.json': '{ "name": "cjs", "version": "1.0.0", "main": "index.js" }',
      'node_modules/cjs/index.js': `exports.named = 1; exports.path = __filename; exports.data = require('./data.json')`,
      'node_modules/cjs/data.json': '{ "a": 1 }',
      'data.json': '{ "b": 2 }',
      'local.cjs': `module.exports = { local: require('cjs').named + 1 }`,
      'a.test.ts': `${head}import cjs, { named } from 'cjs'\nimport data from './data.json'\nimport local from './local.cjs'\nimport { createRequire } from 'node:module'
test('a', () => { expect([named, cjs.path.endsWith('node_modules/cjs/index.js'), cjs.data, data, local.local, createRequire(import.meta.url)('cjs').named]).toEqual([1, true, { a: 1 }, { b: 2 }, 2, 1]) })`,
    },
  },
  'imports by glob, as text, as URL and by template': {
    files: {
      'parts/one.ts': `export default 1`,
      'parts/two.ts': `export default 2`,
      'text.txt': 'some text',
      'a.test.ts': `${head}import text from './text.txt?raw'\nimport url from './text.txt?url'
const all = import.meta.glob('./parts/*.ts', { eager: true, import: 'default' })
test('a', async () => { expect([text, url, all, (await import(\`./parts/\${'two'}.ts\`)).default]).toEqual(['some text', '/text.txt', { './parts/one.ts': 1, './parts/two.ts': 2 }, 2]) })`,
    },
  },
}
