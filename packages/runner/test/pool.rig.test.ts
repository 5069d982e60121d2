import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDelayLink } from './delay-link.ts'
import { openOwnedHost } from './support/owned-host.ts'
import { createProject } from './support/project.ts'

const where = `
import { expect, test } from 'vitest'
test('says where', () => {
  process.stdout.write(\`raw \${process.env.VITEST_EC2 ? 'host' : 'here'} \${import.meta.filename.split('/').at(-1)}\\n\`)
})
`

const CONFIG = `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] } })] })
`

describe('a run with --pool=ec2 on a machine of somebody', () => {
  it('runs files marked by name, by tag and by a kind of host there, and others here', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG.replace('plugins:', `test: { include: ['**/*.{test,experiment}.ts'] }, plugins:`),
        'name.experiment.ts': where,
        'tag.test.ts': `// @module-tag experiment\n${where}`,
        'kind.test.ts': `// @module-tag ec2/cpu\n${where}`,
        'plain.test.ts': where,
      },
    })
    const run = await project.vitest(['run', '--pool=ec2'], host)
    expect(run.stdout.match(/^raw .*$/gm)?.toSorted()).toEqual([
      'raw here plain.test.ts',
      'raw host kind.test.ts',
      'raw host name.experiment.ts',
      'raw host tag.test.ts',
    ])
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  4 passed (4)') })
  })

  it('runs them there for the one project that asks for it, beside others', async () => {
    await using host = await openOwnedHost()
    const marked = `// @module-tag experiment\n${where}`
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG.replace(
          'plugins:',
          `test: { projects: [
            { test: { name: 'remote', include: ['remote/*.ts'], pool: 'ec2' } },
            { test: { name: 'local', include: ['local/*.ts'] } },
            { test: { name: 'threads', include: ['threads/*.ts'], pool: 'threads' } },
            { test: { name: 'one by one', include: ['one/*.ts'], fileParallelism: false } },
          ] }, plugins:`,
        ),
        'remote/marked-remote.ts': marked,
        'remote/plain-remote.ts': where,
        'local/marked-local.ts': marked,
        'threads/marked-threads.ts': marked,
        'one/marked-one.ts': marked,
      },
    })
    const run = await project.vitest(['run'], host)
    expect(run.stdout.match(/^raw .*$/gm)?.toSorted()).toEqual([
      'raw here marked-local.ts',
      'raw here marked-one.ts',
      'raw here marked-threads.ts',
      'raw here plain-remote.ts',
      'raw host marked-remote.ts',
    ])
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  5 passed (5)') })
  })

  it('brings home what they print, write and find', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'a.test.ts': `// @module-tag experiment
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
test('a', () => {
  console.log('logged')
  process.stderr.write('raw error\\n')
  expect({ a: 1 }).toMatchSnapshot()
  expect(2).toMatchInlineSnapshot()
  mkdirSync('made')
  writeFileSync('made/note.txt', 'written there')
})`,
      },
    })
    const run = await project.vitest(['run', '--pool=ec2'], host)
    expect(run.code).toBe(0)
    expect(run.stdout).toContain('stdout | a.test.ts > a\nlogged\n')
    expect(run.stderr).toContain('raw error\n')
    expect(project.read('__snapshots__/a.test.ts.snap')).toContain('"a": 1')
    expect(project.read('a.test.ts')).toContain('toMatchInlineSnapshot(`2`)')
    expect(project.read('made/note.txt')).toBe('written there')
  })

  it('says which variables a test misses there and how they travel, never what they are', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG.replace('ec2({', `ec2({ env: ['GIVEN'],`),
        'a.test.ts': `// @module-tag experiment
import { expect, test } from 'vitest'
import { token } from './settings.ts'
test('a', () => {
  expect([token, process.env.GIVEN, import.meta.env.IN_META, process.env.NOWHERE]).toEqual([undefined, 'given', undefined, undefined])
})`,
        'settings.ts': `export const token = process.env.API_TOKEN`,
      },
    })
    const env = { ...host.env, GIVEN: 'given', API_TOKEN: 'a secret', IN_META: 'another', UNREAD: 'x' }
    const run = await project.vitest(['run', '--pool=ec2'], { env })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
    expect(run.stderr.match(/A test read .*/g)).toEqual([
      "A test read API_TOKEN, which is set here and does not travel: `env: ['API_TOKEN']` passes it to hosts",
      "A test read IN_META, which is set here and does not travel: `env: ['IN_META']` passes it to hosts",
    ])
    expect(run.stdout + run.stderr).not.toMatch(/a secret|another/)
  })

  it('runs what is saved there again, with all that it imports, until it is told to end', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'dep.ts': `export const word = 'first'`,
        'a.test.ts': `// @module-tag experiment\nimport { test } from 'vitest'\nimport { word } from './dep.ts'\ntest('a', () => console.log(process.env.VITEST_EC2, word, 1))`,
        'b.test.ts': `// @module-tag experiment\nimport { test } from 'vitest'\ntest('b', () => console.log('b on', process.env.VITEST_EC2))`,
      },
    })
    const running = project.start(['--watch', '--pool=ec2'], host)
    const shows = (line: string) => expect.poll(() => running.output(), { timeout: 30_000 }).toContain(line)
    await shows('1 first 1')
    await shows('b on 1')
    project.write({ 'dep.ts': `export const word = 'second'` })
    await shows('1 second 1')
    project.write({ 'a.test.ts': project.read('a.test.ts').replace('word, 1', 'word, 2') })
    await shows('1 second 2')
    expect(running.output().match(/^b on 1$/gm)).toHaveLength(1)
    running.child.kill('SIGINT')
    expect((await running.ended).signal).toBe(null)
  })

  it('says once that tests of types stay here', async () => {
    await using host = await openOwnedHost()
    await using project = createProject({
      files: { 'vitest.config.ts': CONFIG, 'a.test.ts': `// @module-tag experiment\n${where}`, 'b.test-d.ts': '' },
    })
    const { stderr } = await project.vitest(['run', '--pool=ec2', '--typecheck'], host)
    expect(stderr.match(/Type tests run here/g)).toHaveLength(1)
  })

  it('asks no host for files that filters leave nothing of', async () => {
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'a.test.ts': `// @module-tag experiment\nimport { test } from 'vitest'\ntest('a', () => {})`,
        'b.test.ts': `import { test } from 'vitest'\ntest('b', () => {})`,
      },
    })
    const run = await project.vitest(['run', '--pool=ec2', '-t', 'b'], { env: { VITEST_EC2_HOST: 'nobody@192.0.2.1' } })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed | 1 skipped') })
  })

  it('lets the worker of a file with a hundred modules wait for at most three answers', async () => {
    await using stack = new AsyncDisposableStack()
    const host = stack.use(await openOwnedHost(async ({ port }) => stack.use(await openDelayLink(port, 100)).port))
    const modules = Array.from({ length: 100 }, (_, i) => [
      `m${i}.ts`,
      i === 99 ? 'export const n = 1' : `import { n as next } from './m${i + 1}.ts'\nexport const n = next + 1`,
    ])
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'a.test.ts': `// @module-tag experiment\nimport { expect, test } from 'vitest'\nimport { n } from './m0.ts'\ntest('a', () => expect(n).toBe(100))`,
        ...Object.fromEntries(modules),
      },
    })
    const run = await project.vitest(['run', '--pool=ec2'], { env: { ...host.env, NODE_DEBUG: 'vitest-ec2' } })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
    const trips = /(\d+) answers were waited for/.exec(run.stderr)?.[1]
    expect(Number(trips)).toBeLessThanOrEqual(3)
  })

  it('refuses a host with another key than the known one, and one that does not answer', async () => {
    await using host = await openOwnedHost()
    await using other = await openOwnedHost()
    await using project = createProject({
      files: { 'vitest.config.ts': CONFIG, 'a.test.ts': `// @module-tag experiment\n${where}` },
    })
    writeFileSync(
      join(host.env['HOME'] ?? '', '.ssh/known_hosts'),
      `[127.0.0.1]:${host.sshd.port} ${other.sshd.hostKey}\n`,
    )
    const changed = await project.vitest(['run', '--pool=ec2'], host)
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining('Test Files  1 failed (1)') })
    expect(changed.stderr).toContain('EC2_HOST_KEY: ')
    await other.sshd.kill()
    const refused = await project.vitest(['run', '--pool=ec2'], other)
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('Test Files  1 failed (1)') })
    expect(refused.stderr).toContain('EC2_UNREACHABLE: ')
  })

  it('changes nothing and loads nothing of AWS or SSH without the pool', async () => {
    await using project = createProject({
      files: {
        'vitest.config.ts': CONFIG,
        'a.test.ts': `// @module-tag experiment\n${where}`,
        'tell-loaded.mjs': `import { registerHooks } from 'node:module'
registerHooks({ resolve: (specifier, context, next) => {
  const found = next(specifier, context)
  process.stderr.write('loads ' + found.url + '\\n')
  return found
} })`,
      },
    })
    const run = await project.vitest(['run'], { env: { NODE_OPTIONS: `--import ${project.root}/tell-loaded.mjs` } })
    expect(run.stdout).toContain('raw here a.test.ts')
    expect(run.stderr).toMatch(/loads .*\/src\/plugin\.ts/)
    expect(run.stderr).not.toMatch(/@aws-sdk|node_modules\/ssh2/)
    expect(existsSync(join(project.root, '.cache/vitest-ec2'))).toBe(false)
  })
})
