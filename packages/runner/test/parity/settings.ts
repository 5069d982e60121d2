import type { Feature } from '../support/parity.ts'
import { head } from './head.ts'

/** What Vitest may be told: each must come out the same on a host as here. */
export const SETTINGS: Record<string, Feature> = {
  'a name filter': {
    files: { 'a.test.ts': `${head}test('one', () => {})\ntest('two', () => { throw new Error('not run') })` },
    commands: [['-t', 'one']],
  },
  'a bail': {
    config: 'fileParallelism: false',
    files: { 'a.test.ts': `${head}test('fails', () => { expect(1).toBe(2) })\ntest('after', () => {})` },
    commands: [['--bail=1']],
  },
  'retries and repeats': {
    files: {
      'a.test.ts': `${head}let n = 0
test('at last', { retry: 3 }, () => { n += 1; expect(n).toBe(3) })
let m = 0
test('again', { repeats: 2 }, () => { m += 1; expect(m).toBeLessThan(3) })`,
    },
  },
  'tags with their own settings, and a filter by tag': {
    config: `tags: [{ name: 'slow', timeout: 50 }, { name: 'fast' }]`,
    files: {
      'a.test.ts': `${head}test('slow', { tags: ['slow'] }, async () => { await new Promise(() => {}) })\ntest('fast', { tags: ['fast'] }, () => {})`,
      'b.test.ts': `// @module-tag fast\n${head}test('by file', () => {})`,
    },
    commands: [[], ['--tags-filter=fast']],
  },
  'snapshots under --ci': {
    files: { 'a.test.ts': `${head}test('a', () => { expect(1).toMatchSnapshot() })` },
    env: { CI: 'true' },
  },
  'setup files, global setup and what it provides': {
    config: `setupFiles: ['./setup.ts'], globalSetup: ['./global.ts'], env: { FROM_CONFIG: 'yes' }, provide: { given: { a: [1] } }`,
    files: {
      'setup.ts': `globalThis.fromSetup = 'set up'`,
      'global.ts': `export default ({ provide }) => { provide('bytes', new Uint8Array([1, 2, 3])); return () => console.log('torn down') }`,
      'a.test.ts': `${head}test('a', () => {
  expect([globalThis.fromSetup, inject('given'), inject('bytes'), process.env.FROM_CONFIG, import.meta.env.FROM_CONFIG]).toEqual(['set up', { a: [1] }, new Uint8Array([1, 2, 3]), 'yes', 'yes'])
})`,
    },
  },
  'no isolation': {
    config: 'isolate: false, fileParallelism: false',
    files: {
      'state.ts': `export const state = { n: 0 }`,
      'a.test.ts': `${head}import { state } from './state.ts'\ntest('a', () => { globalThis.seen = (globalThis.seen ?? 0) + 1; expect(globalThis.seen).toBe(1); state.n += 1 })`,
      'b.test.ts': `${head}import { state } from './state.ts'\ntest('b', () => { globalThis.seen = (globalThis.seen ?? 0) + 1; expect([globalThis.seen, state.n]).toEqual([2, 1]) })`,
    },
  },
  'one file after the other': {
    config: 'fileParallelism: false',
    files: { 'a.test.ts': `${head}test('a', () => {})`, 'b.test.ts': `${head}test('b', () => {})` },
  },
  'shards and merged reports': {
    files: {
      'a.test.ts': `${head}test('a', () => { console.log('in a') })`,
      'b.test.ts': `${head}test('b', () => { expect(1).toBe(2) })`,
    },
    commands: [['--shard=1/2', '--reporter=blob'], ['--shard=2/2', '--reporter=blob'], ['--merge-reports']],
  },
  'aliases, defines and conditions': {
    config: `alias: { '@': new URL('./src', import.meta.url).pathname }`,
    files: {
      'src/x.ts': `export const x = 1`,
      'a.test.ts': `${head}import { x } from '@/x.ts'\ntest('a', () => { expect([x, import.meta.env.MODE, import.meta.env.DEV]).toEqual([1, 'test', true]) })`,
    },
  },
  'dependencies that Vite makes one file of beforehand': {
    packages: ['picomatch'],
    config: `deps: { optimizer: { ssr: { enabled: true, include: ['picomatch'] } } }`,
    files: {
      'a.test.ts': `${head}import picomatch from 'picomatch'
test('a', () => { expect(picomatch('*.ts')('a.ts')).toBe(true) })`,
    },
  },
  'a document by jsdom': {
    packages: ['jsdom'],
    files: {
      'a.test.ts': `// @vitest-environment jsdom\n${head}test('a', () => { document.body.innerHTML = '<p>hi</p>'; expect(document.querySelector('p')).toMatchInlineSnapshot() })`,
    },
  },
  'a document by happy-dom': {
    packages: ['happy-dom'],
    config: `environment: 'happy-dom'`,
    files: {
      'a.test.ts': `${head}test('a', () => { document.body.innerHTML = '<p>hi</p>'; expect(document.querySelector('p')?.textContent).toBe('hi') })`,
    },
  },
  'tests of types': {
    packages: ['typescript'],
    config: `typecheck: { enabled: true, checker: './node_modules/typescript/bin/tsc' }`,
    files: {
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'nodenext', strict: true, skipLibCheck: true, types: [] },
      }),
      'a.test-d.ts': `import { expectTypeOf, test } from 'vitest'\ntest('fits', () => expectTypeOf(1).toEqualTypeOf<number>())\ntest('does not', () => expectTypeOf('a').toEqualTypeOf<number>())`,
      'a.test.ts': `${head}test('a', () => {})`,
    },
  },
  'an environment of the project': {
    config: `environment: './environment.ts'`,
    files: {
      'environment.ts': `export default { name: 'own', viteEnvironment: 'ssr', setup: (global) => { global.own = 'there'; return { teardown() {} } } }`,
      'a.test.ts': `${head}test('a', () => { expect(globalThis.own).toBe('there') })`,
    },
  },
  'coverage by v8': {
    packages: ['@vitest/coverage-v8'],
    config: `coverage: { enabled: true, provider: 'v8', reporter: ['json', 'text'], include: ['src/**'] }`,
    files: {
      'src/x.ts': `export function x(a: number) {\n  if (a > 1) return 'more'\n  return 'less'\n}`,
      'a.test.ts': `${head}import { x } from './src/x.ts'\ntest('a', () => { expect(x(1)).toBe('less') })`,
      'b.test.ts': `${head}test('b', () => {})`,
    },
  },
  'coverage by istanbul': {
    packages: ['@vitest/coverage-istanbul'],
    config: `coverage: { enabled: true, provider: 'istanbul', reporter: ['json', 'text'], include: ['src/**'] }`,
    files: {
      'src/x.ts': `export function x(a: number) {\n  if (a > 1) return 'more'\n  return 'less'\n}`,
      'a.test.ts': `${head}import { x } from './src/x.ts'\ntest('a', () => { expect(x(1)).toBe('less') })`,
    },
  },
  'several projects': {
    config: `projects: [{ test: { name: 'one', include: ['one/*.test.ts'] } }, { test: { name: 'two', include: ['two/*.test.ts'], env: { WHICH: 'two' } } }]`,
    files: {
      'one/a.test.ts': `${head}test('a', () => { expect(process.env.WHICH).toBeUndefined() })`,
      'two/a.test.ts': `${head}test('a', () => { expect(process.env.WHICH).toBe('two') })`,
    },
  },
  'concurrent tests and shuffled ones': {
    config: 'sequence: { shuffle: true, seed: 7 }',
    files: {
      'a.test.ts': `${head}describe.concurrent('c', () => { for (const i of [1, 2, 3]) test('t' + i, async ({ expect }) => { await new Promise((r) => setTimeout(r, 10 * (4 - i))); expect(i).toMatchSnapshot() }) })`,
    },
  },
  'the time zone, the language and variables of Vitest': {
    files: {
      'a.test.ts': `${head}test('a', () => { console.log(new Date(0).toString(), process.env.NODE_ENV, process.env.TEST, process.env.VITEST_MODE, process.env.VITEST_POOL_ID, process.cwd() === import.meta.dirname, process.argv.length) })`,
    },
  },
  'benchmarks, and the files of their results': {
    isMeasured: true,
    files: {
      'a.bench.ts': `${head}
const sum = (n: number) => { let all = 0; for (let i = 0; i < n; i++) all += i; return all }
const options = { time: 20, iterations: 5, warmup: false }
test('alone', async ({ bench }) => {
  const { latency } = await bench('a sum', { writeResult: 'sum.json' }, () => { sum(10) }).run(options)
  expect(latency.mean).toBeGreaterThan(0)
})
test('side by side', async ({ bench }) => {
  await bench.compare(bench('short', () => { sum(1) }), bench('long', () => { sum(1e6) }), options)
})`,
    },
    commands: [['bench']],
  },
  'only what a change concerns': {
    isRepository: true,
    files: {
      'a.test.ts': `${head}import { a } from './a.ts'\ntest('a', () => { expect(a).toBe(2) })`,
      'a.ts': 'export const a = 1\n',
      'b.test.ts': `${head}test('b', () => {})`,
    },
    between: { 'a.ts': 'export const a = 2\n' },
    commands: [['--changed'], ['--changed']],
  },
}
