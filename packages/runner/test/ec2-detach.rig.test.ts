import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { createEc2Provider } from '../src/ec2/ec2-provider.ts'
import { resolveOptions } from '../src/options-resolve.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { until } from './local-host.ts'
import { alive, rig } from './support/ec2-rig.ts'
import { openOwnProject, type OwnProject } from './support/own-project.ts'

const CONFIG = `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { include: ['.pool/**'] }, maxAge: '20m' })] })
`
const MANIFEST = `{ "name": "project", "private": true, "type": "module", "devDependencies": { "vitest": "*", "vitest-pool-ec2": "*" } }\n`
const MARKED = `// @module-tag experiment
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
`
/** Says what it has, writes a file, and goes on until somebody on its machine says that it may end. */
const EXPERIMENT = `${MARKED}test('long', { timeout: 600_000 }, async () => {
  console.log('it runs with', process.env.VITEST_EC2_INSTANCE, 'secret', process.env.AWS_SECRET_ACCESS_KEY)
  mkdirSync('out', { recursive: true })
  writeFileSync('out/picture.txt', 'a picture')
  writeFileSync('out/large.bin', Buffer.alloc(17 << 20, 7))
  for (let step = 1; !existsSync('/tmp/enough'); step += 1) {
    if (step % 10 === 0) console.log('step', step)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
})`
const FAILING = `${MARKED}test('fails', () => { console.log('before it fails'); expect(1).toBe(2) })`
const CRASHING = `${MARKED}process.kill(process.ppid, 'SIGKILL')\ntest('never', () => {})`

beforeEach(async () => {
  await rig.reset()
})

describe('vitest-ec2 run --detach', { timeout: 240_000 }, () => {
  it('goes on when its client is killed, can be watched from elsewhere, keeps what it wrote, and ends its instance', async () => {
    const { project, home, command } = open(EXPERIMENT)
    const watched = command(['run', '--', '--pool=ec2'])
    await until(() => watched.output().includes('step 10'), 'the run', 100_000)
    watched.child.kill('SIGKILL')
    await watched.ended
    const [instance] = await alive()
    const elsewhere = open(EXPERIMENT)
    const id = /"run": "(\S+)"/.exec((await command(['ls', '--json']).ended).stdout)?.[1] ?? ''
    expect((await command(['ls']).ended).stdout).toMatch(/detached/)

    // A run of the same machine does not take it for left behind, though the process that launched it is dead.
    await sweep(home)
    expect(await alive()).toHaveLength(1)

    const attached = elsewhere.command(['attach', id])
    await until(() => attached.output().includes('step 20'), 'what it prints', 60_000)
    attached.child.kill('SIGINT')
    expect((await attached.ended).stderr).toContain(`End it: npx vitest-ec2 down ${instance?.InstanceId}`)
    expect(await alive()).toHaveLength(1)

    const again = elsewhere.command(['attach', instance?.InstanceId ?? ''])
    await rig.execute(
      instance?.InstanceId ?? '',
      'for folder in /var/lib/vitest-ec2/*/runs/*/*/tmp; do touch $folder/enough; done',
    )
    const { code, stdout } = await again.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /it runs with {"id":"i-\w+".*} secret undefined[^]*step 10\n[^]*step 20\n[^]*Tests {2}1 passed/,
    )
    expect(stdout).toMatch(/The run ended with exit code 0\n EC2 {2}1 host, .*\$0\.\d\d\n EC2 {2}2 files brought here/)
    expect(elsewhere.project.read('out/picture.txt')).toBe('a picture')
    expect(readFileSync(join(elsewhere.project.root, 'out/large.bin')).equals(Buffer.alloc(17 << 20, 7))).toBe(true)
    expect(existsSync(join(project.root, 'out'))).toBe(false)
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])

    // After the end, from the machine that began it; what was there stays.
    project.write({ 'out/picture.txt': 'mine' })
    const later = await command(['attach']).ended
    expect(later).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed') })
    expect(later.stdout).toContain('Not brought, since others are here: out/picture.txt')
    expect(project.read('out/picture.txt')).toBe('mine')
    expect((await command(['logs', id]).ended).stdout).toContain('step 10')
    expect((await command(['cost']).ended).stdout).toMatch(/\$ +0\.\d\d/)
    const { Contents = [] } = await new S3({ region: 'us-east-1', forcePathStyle: true }).listObjectsV2({
      Bucket: await bucketOf(command),
      Prefix: 'runs/',
    })
    expect(Contents.map(({ Key }) => Key?.replace(`runs/${id}/`, ''))).toEqual([
      'console/00000.log',
      'files.json',
      'files/out/large.bin',
      'files/out/picture.txt',
      'run.json',
    ])
  })

  it('is ended by Ctrl-C where it is watched by whoever began it', async () => {
    const { command } = open(EXPERIMENT)
    const run = command(['run', '--', '--pool=ec2'])
    await until(() => run.output().includes('step 10'), 'the run', 100_000)
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stderr: expect.stringMatching(/Ended i-\w+\./) })
    expect(await alive()).toEqual([])
  })

  it('leaves nothing when it is interrupted before it began', async () => {
    const { command } = open(EXPERIMENT)
    const run = command(['run', '--detach', '--', '--pool=ec2'])
    await until(() => run.output().includes('booting'), 'an instance', 60_000)
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('what was launched is ended') })
    expect(await alive()).toEqual([])
  })

  it('ends, and tells what was printed, when the disk of its host is full', async () => {
    const { command } = open(`${MARKED}import { execFileSync } from 'node:child_process'
test('fills', { timeout: 100_000 }, () => {
  console.log('it fills the disk')
  try { execFileSync('dd', ['if=/dev/zero', 'of=/tmp/fill', 'bs=1M'], { stdio: 'ignore' }) } catch {}
  mkdirSync('out', { recursive: true })
  writeFileSync('out/more', Buffer.alloc(8 << 20, 1))
})`)
    const run = await command(['run', '--', '--pool=ec2']).ended
    expect(run).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/it fills the disk[^]*ENOSPC[^]*The run ended with exit code 1/),
    })
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('says at once how to find it again; failing tests are its exit code', async () => {
    const { command } = open(FAILING)
    const started = await command(['run', '--detach']).ended
    expect(started).toMatchObject({ code: 0, stdout: expect.stringMatching(/npx vitest-ec2 attach \d{14}-\w{6}\n/) })
    expect(started.stderr).toMatch(/ EC2 {2}The run needs one GPU · .* at most 20 min \(≈ \$/)
    const attached = await command(['attach']).ended
    expect(attached).toMatchObject({ code: 1, stdout: expect.stringContaining('before it fails') })
    const record = JSON.parse((await command(['attach', '--json']).ended).stdout) as object
    expect(record).toMatchObject({ state: 'ended', exitCode: 1, isLost: false, args: ['--pool=ec2'] })
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('ends its instance when Vitest crashes', async () => {
    const { command } = open(CRASHING)
    const run = await command(['run', '--', '--pool=ec2']).ended
    expect(run).toMatchObject({ code: 137, stdout: expect.stringContaining('The run ended with exit code 137') })
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('is ended by `down` in the middle; what it had saved is told', async () => {
    const { command } = open(EXPERIMENT)
    const { stdout } = await command(['run', '--detach', '--json', '--', '--pool=ec2']).ended
    const { run } = JSON.parse(stdout) as { run: string }
    const attached = command(['attach'])
    await until(() => attached.output().includes('step 10'), 'the run', 60_000)
    expect((await command(['down', run, '--yes']).ended).stdout).toMatch(/^Ended i-\w+\.$/m)
    expect(await alive()).toEqual([])
    expect(await attached.ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/i-\w+ ended before the run did/),
    })
    expect((await command(['ls']).ended).stdout).not.toContain('lost')
    await makeOlder(await bucketOf(command), run)
    expect((await command(['ls']).ended).stdout).toMatch(new RegExp(`lost .*npx vitest-ec2 run --after ${run}`))
  })

  it('saves what it has when AWS takes its spot instance back', async () => {
    const { project, command } = open(EXPERIMENT)
    const run = command(['run', '--', '--pool=ec2'])
    await until(() => run.output().includes('step 10'), 'the run', 100_000)
    const [instance] = await alive()
    await rig.spot(instance?.InstanceId ?? '')
    const ended = await run.ended
    expect(ended.code).toBeGreaterThan(0)
    expect(ended.stdout).toMatch(/The run ended with exit code \d+: AWS takes the spot instance back at 20/)
    expect(project.read('out/picture.txt')).toBe('a picture')
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('goes on after a run that was cut short, with its arguments and what it had saved', async () => {
    const { project, command } = open(`${MARKED}test('counts', { timeout: 600_000 }, async () => {
  mkdirSync('out', { recursive: true })
  const before = existsSync('out/count') ? Number(readFileSync('out/count', 'utf8')) : 0
  console.log('it begins at', before, process.argv.length > 0)
  writeFileSync('out/count', String(before + 5))
  while (before === 0) await new Promise((resolve) => setTimeout(resolve, 100))
})`)
    const run = command(['run', '--', '--pool=ec2', '-t', 'counts'])
    await until(() => run.output().includes('it begins at 0'), 'the run', 100_000)
    const [instance] = await alive()
    await rig.spot(instance?.InstanceId ?? '')
    const { stdout } = await run.ended
    const again = /npx vitest-ec2 run --after (\S+)/.exec(stdout)?.[1] ?? ''
    await rm(join(project.root, 'out'), { recursive: true })
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])

    const second = await command(['run', '--after', again]).ended
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/it begins at 5[^]*1 passed/) })
    expect(project.read('out/count')).toBe('10')
    const { args } = JSON.parse((await command(['attach', '--json']).ended).stdout) as { args: string[] }
    expect(args).toEqual(['--pool=ec2', '-t', 'counts'])
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('saves what it has before its host is at the end of its life', async () => {
    const { project, command } = open(EXPERIMENT)
    project.write({ 'vitest.config.ts': CONFIG.replace("'20m'", "'60s'") })
    const ended = await command(['run', '--', '--pool=ec2']).ended
    expect(ended.code).toBeGreaterThan(0)
    expect(ended.stdout).toContain('The host was at the end of its life')
    expect(project.read('out/picture.txt')).toBe('a picture')
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
  })

  it('ends its instance when its own program is killed, and leaves it to the watchdog when what ends it is killed', async () => {
    const { command } = open(EXPERIMENT)
    await command(['run', '--detach', '--', '--pool=ec2']).ended
    const [first] = await alive()
    await rig.execute(first?.InstanceId ?? '', 'pkill -9 -f detached/main.ts')
    await expect.poll(alive, { timeout: 60_000 }).toEqual([])
    expect(await command(['attach']).ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('ended before the run did'),
    })

    await command(['run', '--detach', '--', '--pool=ec2']).ended
    const [second] = await alive()
    const id = second?.InstanceId ?? ''
    await rig.execute(id, 'pkill -9 -f "main.ts keep"')
    const busy = async () => Number((await rig.execute(id, 'cat /run/vitest-ec2/busy')).stdout)
    const until = await busy()
    expect(until - Date.now() / 1000).toBeLessThan(181)
    await new Promise((resolve) => setTimeout(resolve, 6000))
    expect(await busy()).toBe(until)
    await command(['down', '--yes']).ended
  })

  it('launches nothing where its results could not be kept', async () => {
    const { project, command } = open(FAILING)
    project.write({ 'vitest.config.ts': CONFIG.replace('maxAge', 'bucket: false, maxAge') })
    const run = await command(['run', '--detach']).ended
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('keeps its results in a bucket') })
    expect((await rig.calls()).map(({ call }) => call)).not.toContain('ec2:CreateFleet')
  })
})

test('on a host --pool=ec2 is that machine, with a worker for each GPU', async () => {
  const say = `${MARKED}test('says', async () => {
  console.log('gpu', process.env.CUDA_VISIBLE_DEVICES, 'instance', process.env.VITEST_POOL_ID)
  await new Promise((resolve) => setTimeout(resolve, 1000))
})`
  const { project } = open(say)
  project.write({ 'b.test.ts': say, 'c.test.ts': say })
  const { code, stdout } = await project.vitest(['run', '--pool=ec2'], {
    env: { VITEST_EC2: '1', CUDA_VISIBLE_DEVICES: '3,5' },
  })
  expect(code).toBe(0)
  expect(new Set(stdout.match(/gpu \S+/g))).toEqual(new Set(['gpu 3', 'gpu 5']))
  expect(await alive()).toEqual([])
})

function open(test: string) {
  return openOwnProject({ 'package.json': MANIFEST, 'vitest.config.ts': CONFIG, 'a.test.ts': test })
}

/** What every run does with what is left of others of its machine. */
async function sweep(home: string): Promise<void> {
  const stateDir = join(home, 'state/vitest-ec2')
  const provider = createEc2Provider({ settings: resolveOptions({}), run: 'another', connect: connectSsh, stateDir })
  await provider.bucket()
  await provider.close()
}

/** As if it had not been heard of for ten minutes. */
async function makeOlder(bucket: string, run: string): Promise<void> {
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  const place = { Bucket: bucket, Key: `runs/${run}/run.json` }
  const record = JSON.parse((await (await s3.getObject(place)).Body?.transformToString()) ?? '') as { heardAt: number }
  await s3.putObject({ ...place, Body: JSON.stringify({ ...record, heardAt: record.heardAt - 600_000 }) })
}

async function bucketOf(command: OwnProject['command']): Promise<string> {
  const { stdout } = await command(['setup', '--json']).ended
  return (JSON.parse(stdout) as { what: string; name: string }[]).find(({ what }) => what === 'bucket')!.name
}
