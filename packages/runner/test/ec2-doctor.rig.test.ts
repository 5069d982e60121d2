import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { tryPort22 } from '../src/ec2/checks/address.ts'
import { leastPolicy } from '../src/ec2/policy.ts'
import { aws, rig } from './support/ec2-rig.ts'
import { openOwnProject, type OwnProject } from './support/own-project.ts'
import { makeClosedNetwork, makePrivateNetwork } from './support/private-network.ts'

interface Finding {
  check: string
  status: string
  detail: string
  fix?: string
}

beforeEach(() => rig.reset())

test('looks at everything a run needs on a new account, and makes nothing', async () => {
  const { command } = open('')
  await rig.calls()
  const { code, findings } = await examine(command)
  expect(code).toBe(0)
  expect(findings.map(({ check }) => check)).toEqual([
    'credentials',
    'region',
    'permissions',
    'quotas',
    'network',
    'address',
    'port 22',
    'image',
    'baked image',
    'bucket',
    'prices',
    'spot role',
    'leftovers',
  ])
  expect(findings.filter(({ status }) => status === 'failure')).toEqual([])
  expect(findings.filter(({ status, fix }) => status !== 'ok' && fix === undefined)).toEqual([])
  const made = (await rig.calls()).filter(({ call }) => /:(Put|Add|Tag|Authorize)|s3:PUT/.test(call))
  expect(made).toEqual([])
  expect((await aws.describeLaunchTemplates({})).LaunchTemplates).toEqual([])
})

test('goes by the configuration of the project', async () => {
  const { vpc } = await makePrivateNetwork()
  const { command } = open(
    `maxHosts: 20, network: { vpc: '${vpc}', connect: 'endpoint' }, hosts: { default: { instanceTypes: ['c7i.xlarge'], market: 'on-demand' } }, bucket: false`,
  )
  await rig.set({ quotas: { 'L-1216C47A': 42 } })
  const { find } = await examine(command)
  expect(find('network')).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(`^${vpc}, .*reached through eice-`),
  })
  expect(find('port 22')).toMatchObject({ detail: expect.stringContaining('through the endpoint') })
  expect(find('quotas')).toMatchObject({
    status: 'warning',
    detail: 'Standard instances: 0 of 42 vCPUs on-demand used; c7i.xlarge takes 4, 20 hosts 80: 10 at a time',
    fix: expect.stringContaining('--quota-code L-1216C47A --desired-value 122'),
  })
  expect(find('image')).toMatchObject({ detail: expect.stringMatching(/^ubuntu: /) })
  expect(find('bucket')).toMatchObject({ status: 'ok', detail: expect.stringContaining('over SSH') })
  expect(find('spot role')).toMatchObject({ status: 'ok' })
})

test('answers also when AWS does not', async () => {
  const { command } = open('')
  await rig.fault({ call: 'ec2:DescribeSubnets', delay: 300, times: 100 })
  const { code, find } = await examine(command)
  expect(code).toBe(1)
  expect(find('network')).toMatchObject({ status: 'failure', detail: 'AWS did not answer within 7 s' })
  expect(find('prices')).toMatchObject({ status: 'ok' })
})

describe('credentials', () => {
  test('says from where they are, and until when', async () => {
    const { home, command } = open('')
    const { accessKeyId, secretAccessKey } = await rig.user(leastPolicy())
    const soon = new Date(Date.now() + 12 * 60_000).toISOString()
    const given = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Expiration: soon }
    writeFileSync(join(home, 'given.json'), JSON.stringify(given))
    writeFileSync(join(home, 'config'), `[profile art]\ncredential_process = cat ${join(home, 'given.json')}\n`)
    const env = { AWS_PROFILE: 'art', AWS_CONFIG_FILE: join(home, 'config'), AWS_ACCESS_KEY_ID: undefined }
    const { find } = await examine(command, env)
    expect(find('credentials')).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(
        /^arn:aws:iam::\d+:user\/\S+, account \d+, from a program that the profile names `art`, until .*Z \(1[12] min left\)$/,
      ),
    })
  })

  test('says that they are of the environment', async () => {
    const { command } = open('')
    const { find } = await examine(command)
    expect(find('credentials')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/, from the environment$/),
    })
  })
})

describe('permissions', () => {
  test('finds the least policy to be enough', async () => {
    const { find } = await examineAs(() => true)
    expect(find('permissions')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^all \d+ that a run may need are allowed$/),
    })
  })

  test.each([
    [
      'Schedules',
      'warning',
      /^without `scheduler:CreateSchedule`, .* no schedule outside ends hosts at their maximum age$/,
    ],
    ['Buckets', 'warning', /everything goes over SSH/],
    ['Bake', 'warning', /`ec2:StopInstances`.* no image can be baked/],
    ['ChangeAndEndOurs', 'failure', /^the caller may not do `ec2:TerminateInstances`, /],
    ['Make', 'failure', /may not do `ec2:ImportKeyPair`/],
    ['Explain', 'ok', /are allowed; `iam:SimulatePrincipalPolicy` may not be asked about the rest$/],
  ])('without %s: %s', async (sid, status, detail) => {
    const { find } = await examineAs((statement) => statement !== sid)
    expect(find('permissions')).toMatchObject({ status, detail: expect.stringMatching(detail) })
  })
})

describe('network', () => {
  test('warns where nothing leads to hosts from outside', async () => {
    const { vpc } = await makeClosedNetwork()
    const { command } = open(`network: { vpc: '${vpc}' }`)
    const { find } = await examine(command)
    expect(find('network')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('0 of 1 subnets give public addresses'),
      fix: expect.stringContaining('create-instance-connect-endpoint'),
    })
  })

  test('misses the route to the internet', async () => {
    const { RouteTables = [] } = await aws.describeRouteTables({})
    const table = RouteTables.find(({ Routes = [] }) => Routes.some(({ GatewayId }) => GatewayId?.startsWith('igw-')))
    await aws.deleteRoute({ RouteTableId: table?.RouteTableId, DestinationCidrBlock: '0.0.0.0/0' })
    const { command } = open('')
    const { code, find } = await examine(command)
    expect(code).toBe(1)
    expect(find('network')).toMatchObject({
      status: 'failure',
      detail: expect.stringContaining('no subnet has a route to an internet gateway'),
    })
  })

  test('says how to get a VPC where there is none', async () => {
    const { command } = open(`network: { vpc: 'vpc-0123456789abcdef0' }`)
    const { find } = await examine(command)
    expect(find('network')).toMatchObject({ status: 'failure', fix: expect.any(String) })
  })
})

test('looks whether port 22 is open from here', async () => {
  const host = (await rig.host()) as { id: string; host: string }
  expect(await tryPort22(['192.0.2.1', host.host])).toBe(`open from here: ${host.host} answers`)
  await rig.stop(host.id)
  expect(await tryPort22([host.host])).toMatchObject({ status: 'warning', fix: expect.stringContaining('endpoint') })
})

test('names a bucket that is missing or of somebody else', async () => {
  const { command } = open(`bucket: 'nobody-has-made-this'`)
  const { find } = await examine(command)
  expect(find('bucket')).toMatchObject({ status: 'failure', detail: 'there is no bucket nobody-has-made-this' })
  await rig.fault({ call: 's3:HEAD*', status: 403, code: 'AccessDenied', times: 10 })
  const again = await examine(command)
  expect(again.find('bucket')).toMatchObject({ status: 'failure', detail: expect.stringContaining('not this account') })
})

test('quotas name the one that is too small, and what asks for more', async () => {
  const { command } = open('')
  await rig.set({ quotas: { 'L-3819A6DF': 0 } })
  const { find } = await examine(command)
  expect(find('quotas')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('0 of 0 vCPUs spot used, 0 of 64 vCPUs on-demand used; g4dn.xlarge takes 4'),
    fix: expect.stringContaining('--quota-code L-3819A6DF'),
  })
})

test('quotas are what is left of them beside what runs', async () => {
  const { command } = open('')
  await rig.set({ quotas: { 'L-3819A6DF': 64, 'L-DB2E81BA': 6 } })
  const { Images = [] } = await aws.describeImages({})
  const kind = { ImageId: Images[0]?.ImageId, InstanceType: 'g4dn.xlarge' as const, MinCount: 1, MaxCount: 1 }
  const { Instances = [] } = await aws.runInstances(kind)
  const { find } = await examine(command)
  expect(find('quotas')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('0 of 64 vCPUs spot used, 4 of 6 vCPUs on-demand used; g4dn.xlarge takes 4'),
    fix: expect.stringMatching(/^End what runs .*--quota-code L-DB2E81BA/),
  })
  await aws.terminateInstances({ InstanceIds: Instances.map(({ InstanceId = '' }) => InstanceId) })
})

async function examineAs(isKept: (sid: string) => boolean) {
  const policy = leastPolicy()
  const user = await rig.user({ ...policy, Statement: policy.Statement.filter(({ Sid }) => isKept(Sid)) })
  const { command } = open('')
  return await examine(command, { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey })
}

async function examine(command: OwnProject['command'], env?: Record<string, string | undefined>) {
  const { code, stdout, stderr } = await command(['doctor', '--json'], env).ended
  if (!stdout.startsWith('[')) throw new Error(stderr)
  const findings = JSON.parse(stdout) as Finding[]
  return { code, findings, find: (name: string) => findings.find(({ check }) => check === name) }
}

function open(options: string): OwnProject {
  return openOwnProject({
    'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ ${options} })] })\n`,
  })
}
