import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { until } from './local-host.ts'
import { alive, aws, rig } from './support/ec2-rig.ts'
import { createProject, type Project } from './support/project.ts'

const config = (more: string) => `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] }, outputs: ['out']${more} })] })
`
const MARKED = `// @module-tag experiment\nimport { expect, test } from 'vitest'\n`
const QUICK = `${MARKED}test('quick', () => { console.log('instance', process.env.VITEST_EC2_INSTANCE) })`
const LONG = `${MARKED}test('long', { timeout: 600_000 }, async ({ signal }) => {
  process.stdout.write('it runs\\n')
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
})`

/** A machine of somebody who never used AWS from it, and a project on it. */
function open(test: string, options = ''): { project: Project; env: Record<string, string> } {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const project = createProject({ files: { 'vitest.config.ts': config(options), 'a.test.ts': test } })
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]()
    await rm(state, { recursive: true, force: true })
  })
  return { project, env: { XDG_STATE_HOME: state } }
}

beforeEach(async () => {
  await rig.reset()
})

describe('a run with --pool=ec2', () => {
  it('launches, runs there and leaves nothing, on an account with nothing prepared; then makes nothing again', async () => {
    const { project, env } = open(QUICK)
    const first = await project.vitest(['run', '--pool=ec2'], { env })
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
    const said = JSON.parse(/instance (.*)/.exec(first.stdout)?.[1] ?? '') as object
    expect(said).toMatchObject({ id: expect.stringMatching(/^i-/), type: 'g4dn.xlarge', region: 'us-east-1' })
    expect(first.stderr).toMatch(
      /^ EC2 {2}1 file needs one GPU · \w+\.xlarge spot us-east-1 ≈ \$0\.\d\d\/h, at most 4 h \(≈ \$\d\.\d\d\)$/m,
    )
    expect(first.stderr.match(/ EC2 {2}(\S+ {2})?(launching|booting|connecting|syncing)/g)?.length).toBeGreaterThan(3)
    expect(first.stderr).toMatch(/ EC2 {2}1 host, \d+s, (less than )?\$0\.\d\d\n/)
    expect(await alive()).toEqual([])
    await rig.calls()
    const second = await project.vitest(['run', '--pool=ec2'], { env })
    expect(second.code).toBe(0)
    const calls = (await rig.calls()).map(({ call }) => call)
    expect(calls.filter((call) => /:(Create|Put|PUT)/.test(call))).toEqual(['ec2:CreateFleet'])
    expect(await alive()).toEqual([])
  })

  it('sends its files over SSH where the credentials have expired since the launch', async () => {
    const { project, env } = open(QUICK)
    await rig.fault({ call: 's3:* /*/packs/*', status: 403, code: 'ExpiredToken', message: 'Expired', times: 1000 })
    const run = await project.vitest(['run', '--pool=ec2'], { env })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
    expect((await rig.calls()).map(({ call }) => call)).toContainEqual(expect.stringMatching(/^s3:HEAD .*\/packs\//))
    expect(await alive()).toEqual([])
  })

  it('counts the files of projects that extend the configuration before it launches', async () => {
    const { project, env } = open(QUICK)
    project.write({
      'vitest.config.ts': `import { ec2 } from 'vitest-pool-ec2'
export default {
  plugins: [ec2({ sync: { exclude: ['.pool'] } })],
  test: { projects: [{ extends: true, test: { name: 'one' } }] },
}\n`,
      'b.test.ts': QUICK,
      'c.test.ts': QUICK,
    })
    const run = await project.vitest(['run', '--pool=ec2'], { env })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  3 passed (3)') })
    expect(run.stderr).toMatch(/^ EC2 {2}3 files need one GPU · /m)
    expect(await alive()).toEqual([])
  })

  it('keeps its host warm when told to, and the next run takes it', async () => {
    const { project, env } = open(QUICK)
    const warm = { ...env, VITEST_EC2_KEEP_ALIVE: '10m' }
    const first = await project.vitest(['run', '--pool=ec2'], { env: warm })
    expect(first.stderr).toMatch(/warm until \d\d:\d\d, end it: npx vitest-ec2 down/)
    const [host] = await alive()
    expect(host?.State?.Name).toBe('running')
    const second = await project.vitest(['run', '--pool=ec2'], { env })
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(host?.InstanceId ?? 'no id') })
    expect(second.stderr).not.toContain('launching')
    expect(await alive()).toEqual([])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends its host on %s', async (signal, code) => {
    const { project, env } = open(LONG)
    const run = project.start(['run', '--pool=ec2'], { env })
    await until(() => run.output().includes('it runs'), 'the test', 90_000)
    run.child.kill(signal)
    expect(await run.ended).toMatchObject({ code, signal: null })
    expect(await alive()).toEqual([])
  })

  it('ends what it launches when it is interrupted meanwhile', async () => {
    const { project, env } = open(LONG)
    const run = project.start(['run', '--pool=ec2'], { env })
    await until(() => run.output().includes('booting'), 'an instance', 90_000)
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    expect(await alive()).toEqual([])
  })

  it('leaves nothing when it is killed with -9: its host ends itself', async () => {
    const { project, env } = open(LONG, `, maxAge: '60s'`)
    const run = project.start(['run', '--pool=ec2'], { env })
    await until(() => run.output().includes('it runs'), 'the test', 90_000)
    run.child.kill('SIGKILL')
    expect(await run.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(await alive()).toHaveLength(1)
    await expect.poll(alive, { timeout: 90_000, interval: 500 }).toEqual([])
  })

  it('ends what an earlier one left that was killed with -9 in the midst of a launch, and nothing of a colleague', async () => {
    const colleague = open(LONG)
    const theirs = colleague.project.start(['run', '--pool=ec2'], { env: colleague.env })
    await until(() => theirs.output().includes('it runs'), 'the test of a colleague', 90_000)
    const [host] = await alive()
    const { project, env } = open(QUICK)
    const killed = project.start(['run', '--pool=ec2'], { env })
    await until(() => killed.output().includes('booting'), 'an instance', 90_000)
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(await alive()).toHaveLength(2)
    const next = await project.vitest(['run', '--pool=ec2'], { env })
    expect(next).toMatchObject({ code: 0, stderr: expect.stringMatching(/Ended i-\w+, left by an earlier run/) })
    expect((await alive()).map(({ InstanceId }) => InstanceId)).toEqual([host?.InstanceId])
    theirs.child.kill('SIGINT')
    expect(await theirs.ended).toMatchObject({ code: 130 })
    expect(await alive()).toEqual([])
  })

  it('goes on elsewhere when its instance ends under the test', async () => {
    const { project, env } = open(`${MARKED}import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
test('long', { timeout: 600_000 }, async ({ signal }) => {
  if (existsSync('out/checkpoint')) process.stdout.write('resumes at ' + readFileSync('out/checkpoint', 'utf8') + '\\n')
  mkdirSync('out', { recursive: true })
  writeFileSync('out/checkpoint', 'step 7')
  process.stdout.write('attempt ' + process.env.VITEST_EC2_ATTEMPT + '\\n')
  if (process.env.VITEST_EC2_ATTEMPT === '1') await new Promise(() => {})
})`)
    const run = project.start(['run', '--pool=ec2'], { env })
    await until(() => run.output().includes('attempt 1'), 'the test', 90_000)
    await until(() => existsSync(join(project.root, 'out/checkpoint')), 'what it wrote', 30_000)
    const [host] = await alive()
    await aws.terminateInstances({ InstanceIds: [host?.InstanceId ?? ''] })
    const ended = await run.ended
    expect(ended.stdout).toMatch(/resumes at step 7\nattempt 2/)
    expect(ended.stderr).toMatch(/i-\w+ \(.*\) was lost under the test: .*; again on another host \(attempt 2\)/)
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
    expect(await alive()).toEqual([])
  })
})

describe('a run with --pool=ec2 that cannot have a host fails its files, with a sentence', () => {
  it('when no type of instance is to be had', async () => {
    await rig.refuse({ match: '*', times: 1000 })
    const { project, env } = open(QUICK)
    const run = await project.vitest(['run', '--pool=ec2'], { env })
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining('Test Files  1 failed (1)') })
    expect(run.stderr).toMatch(/EC2_CAPACITY: .*us-east-1/)
    expect(await alive()).toEqual([])
  })

  it('when there are no credentials', async () => {
    const { project, env } = open(QUICK)
    const none = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    }
    const run = await project.vitest(['run', '--pool=ec2'], {
      env: { ...env, ...none, HOME: env['XDG_STATE_HOME'] ?? '' },
    })
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining('Test Files  1 failed (1)') })
    expect(run.stderr).toContain('EC2_CREDENTIALS: ')
  })
})
