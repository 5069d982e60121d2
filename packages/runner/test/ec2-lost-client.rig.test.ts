import { existsSync, mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, it } from 'vitest'
import { until } from './local-host.ts'
import { alive, rig } from './support/ec2-rig.ts'
import { openOwnProject, type OwnProject } from './support/own-project.ts'
import type { Project, RunningVitest } from './support/project.ts'

/** A host with this life takes its client for lost after 18 seconds. */
const CONFIG = `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] }, outputs: ['out'], maxAge: '3m' })] })
`
/** Goes on until somebody on its machine says that it may end, prints more than anybody waits for, and fails. */
const LONG = `// @module-tag experiment
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
test('long', { timeout: 600_000 }, async () => {
  mkdirSync('out', { recursive: true })
  for (const name of ['log', 'untouched', 'redone']) writeFileSync('out/' + name, 'began')
  process.stdout.write('it runs\\n')
  while (!existsSync('/tmp/enough')) await new Promise((resolve) => setTimeout(resolve, 100))
  process.stdout.write('#'.repeat(3 << 20) + '\\n')
  appendFileSync('out/log', ', went on')
  for (const path of ['out/result', 'out/redone', 'data.txt', 'notes.txt']) writeFileSync(path, 'by the host')
  expect(1, 'in the end').toBe(2)
})`
const QUICK = `// @module-tag experiment\nimport { test } from 'vitest'\ntest('quick', () => {})`

const POLL = { timeout: 90_000, interval: 500 }

beforeEach(async () => {
  await rig.reset()
})

describe('a host that loses its client at work', { timeout: 240_000 }, () => {
  it('is left to its work, saves what was written, ends, and the next run brings it over nothing newer', async () => {
    const { project, home, run, command, instance, env } = await openAtWork()
    run.child.kill('SIGKILL')
    await run.ended
    const goesOn = `${instance} goes on with its tests though the run that launched it is gone`
    await expect.poll(() => command(['doctor']).ended.then(({ stdout }) => stdout), POLL).toContain(goesOn)
    const meanwhile = await project.vitest(['run', 'b.test.ts', '--pool=ec2'], { env })
    expect(meanwhile).toMatchObject({ code: 0, stderr: expect.stringContaining(goesOn) })
    expect((await alive()).map(({ InstanceId }) => InstanceId)).toEqual([instance])

    await allow()
    await expect.poll(alive, POLL).toEqual([])
    expect(existsSync(join(project.root, 'out/result'))).toBe(false)
    project.write({ 'notes.txt': 'mine', 'out/redone': 'mine' })
    expect((await command(['ls']).ended).stdout).toMatch(/^i-\w+ .* lost .* npx vitest-ec2 attach \d{14}-\w{6}-i-\w+$/m)
    const next = await project.vitest(['run', 'b.test.ts', '--pool=ec2'], { env })
    expect(next.code).toBe(0)
    expect(next.stderr).toMatch(
      / EC2 {2}i-\w+ went on after its run was gone, 20[\d:T-]+: a.test.ts failed\. 3 files brought here, in data.txt, out; notes.txt, out\/redone stayed as here\. What it printed: npx vitest-ec2 logs \d{14}-\w{6}-i-\w+$/m,
    )
    expect(read(project, 'out/log', 'out/result', 'data.txt')).toEqual(['began, went on', 'by the host', 'by the host'])
    expect(read(project, 'notes.txt', 'out/redone', 'out/untouched')).toEqual(['mine', 'mine', 'began'])

    expect((await command(['ls']).ended).stdout).not.toContain('lost')
    expect((await command(['cost']).ended).stdout).toMatch(
      new RegExp(`${instance} .* ≤\\$ +0\\.\\d\\d [^]*\nTogether at most \\$0`),
    )
    const attached = await command(['attach', instance]).ended
    expect(attached).toMatchObject({ code: 1, stdout: expect.stringMatching(/exit code 1\n.*: a.test.ts failed\n/) })
    expect(attached.stdout).toContain('Not brought, since others are here: notes.txt, out/redone')
    expect(printed(attached.stdout)).toBe(3 << 20)

    // To a folder of which this machine does not know that the run mirrored it, whatever the host says.
    const elsewhere = mkdtempSync(join(home, 'elsewhere-'))
    mkdirSync(join(elsewhere, 'out'))
    writeFileSync(join(elsewhere, 'out/result'), 'mine')
    utimesSync(join(elsewhere, 'out/result'), 0, 0)
    const [id = ''] = /\d{14}-\w{6}-i-\w+/.exec(next.stderr) ?? []
    const brought = await command(['attach', id, '--to', elsewhere]).ended
    expect(brought.stdout).toContain('Not brought, since others are here: out/result\n')
    expect(readFileSync(join(elsewhere, 'out/log'), 'utf8')).toBe('began, went on')
  })

  it('has everything for a client that comes back', async () => {
    const { project, run, command, instance } = await openAtWork()
    run.child.kill('SIGSTOP')
    await expect.poll(() => stateOf(instance), POLL).toBe('running')
    run.child.kill('SIGCONT')
    await expect.poll(() => stateOf(instance), POLL).toBe('returned')
    await allow()
    const ended = await run.ended
    expect([ended.code, printed(ended.stdout)]).toEqual([1, 3 << 20])
    expect(read(project, 'out/log', 'notes.txt')).toEqual(['began, went on', 'by the host'])
    expect(await alive()).toEqual([])
    expect((await command(['ls']).ended).stdout).not.toContain('lost')
  })
})

/** A run whose only host has begun. */
async function openAtWork(): Promise<
  OwnProject & { run: RunningVitest; instance: string; env: Record<string, string> }
> {
  const opened = openOwnProject({
    'vitest.config.ts': CONFIG,
    'a.test.ts': LONG,
    'b.test.ts': QUICK,
    'data.txt': 'as it was',
    'notes.txt': 'as it was',
  })
  // As the commands have it.
  const env = { XDG_STATE_HOME: join(opened.home, 'state') }
  const run = opened.project.start(['run', 'a.test.ts', '--pool=ec2'], { env })
  await until(() => run.output().includes('it runs'), 'the test', 90_000)
  await until(() => existsSync(join(opened.project.root, 'out/redone')), 'what it wrote', 30_000)
  const [host] = await alive()
  return { ...opened, run, instance: host?.InstanceId ?? '', env }
}

/** Characters of the long print; lines of Vitest's own may stand between them. */
function printed(output: string): number {
  return output.split('#').length - 1
}

function read(project: Project, ...paths: string[]): string[] {
  return paths.map((path) => project.read(path))
}

/** Lets the tests of all hosts come to their end. */
async function allow(): Promise<void> {
  for (const { InstanceId = '' } of await alive()) {
    await rig.execute(InstanceId, 'for folder in /var/lib/vitest-ec2/*/runs/*/*/tmp; do touch $folder/enough; done')
  }
}

/** What a host says in the bucket of what it does without its client. */
async function stateOf(instance: string): Promise<string | undefined> {
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  const { Buckets = [] } = await s3.listBuckets()
  for (const { Name: Bucket = '' } of Buckets) {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix: 'runs/' })
    const place = Contents.find(({ Key }) => Key?.endsWith(`-${instance}/run.json`))
    if (!place) continue
    const text = (await (await s3.getObject({ Bucket, Key: place.Key })).Body?.transformToString()) ?? '{}'
    return (JSON.parse(text) as { state: string }).state
  }
  return undefined
}
