import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { leastPolicy } from '../src/ec2/policy.ts'
import { alive, aws, createClient, launch, rig } from './support/ec2-rig.ts'

const MAIN = join(import.meta.dirname, '../src/cli/main.ts')

beforeEach(() => rig.reset())

test('says what it can do, and what it did not understand', async () => {
  const vitestEc2 = commandLine()
  expect(await vitestEc2('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: vitest-ec2 <command>'),
  })
  expect(await vitestEc2('frobnicate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no command `frobnicate`'),
  })
  expect(await vitestEc2('ls', '--frobnicate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Usage: vitest-ec2 ls'),
  })
  for (const name of ['doctor', 'policy', 'setup', 'destroy', 'ls', 'down', 'cost', 'run', 'attach']) {
    expect(await vitestEc2(name, '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Usage: vitest-ec2 ${name}`),
    })
  }
})

test('the doctor finds a new account in order, and changes nothing', async () => {
  const { code, stdout } = await commandLine()('doctor', '--json')
  const findings = JSON.parse(stdout) as { check: string; status: string }[]
  expect(findings.filter(({ status }) => status === 'failure')).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['credentials', 'quotas', 'network', 'permissions', 'leftovers']),
  )
  expect(code).toBe(0)
  const { SecurityGroups = [] } = await aws.describeSecurityGroups({
    Filters: [{ Name: 'group-name', Values: ['vitest-ec2*'] }],
  })
  expect(SecurityGroups).toEqual([])
})

test('the doctor says what is wrong and how to mend it', async () => {
  await rig.set({ quotas: { 'L-DB2E81BA': 0, 'L-3819A6DF': 0 } })
  await rig.fault({
    call: 'ec2:CreateLaunchTemplate',
    status: 403,
    code: 'UnauthorizedOperation',
    message: 'You are not authorized.',
  })
  const { code, stdout } = await commandLine()('doctor')
  await rig.set({ quotas: { 'L-DB2E81BA': 64, 'L-3819A6DF': 64 } })
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /✗ quotas .*0 of 0 vCPUs spot used, 0 of 0 vCPUs on-demand used; g4dn\.xlarge takes 4\n.*request-service-quota-increase/,
  )
  expect(stdout).toMatch(/✗ permissions .*The caller may not do `ec2:CreateLaunchTemplate`/)
})

test('sets up once, and takes all of it down but the bucket', async () => {
  const vitestEc2 = commandLine()
  const first = JSON.parse((await vitestEc2('setup', '--json')).stdout) as { what: string; name: string; now: string }[]
  expect(first.map(({ what }) => what).toSorted()).toEqual([
    'bucket',
    'instance profile',
    'key pair',
    'launch template',
    'role',
    'role',
    'security group',
  ])
  const again = JSON.parse((await vitestEc2('setup', '--json')).stdout) as { now: string }[]
  expect(again.map(({ now }) => now)).not.toContain('made')

  const bucket = first.find(({ what }) => what === 'bucket')!.name
  expect(await vitestEc2('destroy')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Nobody is there to be asked'),
  })
  const removed = await vitestEc2('destroy', '--yes')
  expect(removed).toMatchObject({
    code: 0,
    stdout: 'Removed 6 things.\n',
    stderr: expect.stringContaining(`The bucket ${bucket} stays`),
  })
  expect((await vitestEc2('destroy', '--yes')).stdout).toContain('Nothing of ')
  expect((await vitestEc2('destroy', '--yes', '--bucket', bucket)).stdout).toBe('Removed 1 thing.\n')
})

test('lists hosts and ends those of this owner only', async () => {
  await using client = createClient()
  await using colleague = createClient()
  const mine = await launch(client.open())
  const theirs = await launch(colleague.open())
  const vitestEc2 = commandLine(client.stateDir)
  expect(
    (JSON.parse((await vitestEc2('ls', '--json')).stdout) as { instance: string }[]).map(({ instance }) => instance),
  ).toEqual([mine.id])
  expect((await vitestEc2('ls', '--all')).stdout.split('\n')).toHaveLength(4)
  expect(await vitestEc2('down', 'i-0123456789abcdef0', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No host i-0123456789abcdef0 runs'),
  })
  expect(await vitestEc2('down', '--yes')).toMatchObject({ code: 0, stdout: `Ended ${mine.id}.\n` })
  await expect.poll(async () => (await alive()).map(({ InstanceId }) => InstanceId)).toEqual([theirs.id])
  expect((await vitestEc2('cost')).stdout).toContain(mine.id)
})

test('the policy it prints covers every call of a run and of taking it down', async () => {
  await rig.calls()
  await using client = createClient()
  const provider = client.open()
  const host = await launch(provider)
  await host.connect({ signal: new AbortController().signal, onPhase: () => {} })
  await host.keepWarm(new Date(Date.now() + 60_000))
  const found = await provider.bucket()
  await provider.close()
  await commandLine(client.stateDir)('destroy', '--yes', '--bucket', found!.name)
  const allowed = new Set(leastPolicy().Statement.flatMap(({ Action }) => Action))
  const calls = (await rig.calls()).map(({ call }) => call)
  const uncovered = calls.filter((call) => /^(ec2|iam|sts|ssm|servicequotas|pricing):/.test(call) && !allowed.has(call))
  // The rig itself looks at instances by these.
  expect([...new Set(uncovered)].filter((call) => call !== 'ec2:DescribeInstanceAttribute')).toEqual([])
})

function commandLine(stateDir = join(mkdtempSync(join(tmpdir(), 'vitest-ec2-state-')), 'vitest-ec2')) {
  return (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, XDG_STATE_HOME: dirname(stateDir) }
      execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
    })
}
