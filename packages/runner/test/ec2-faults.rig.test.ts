import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { Scheduler } from '@aws-sdk/client-scheduler'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Ec2Error } from '../src/errors.ts'
import { alive, aws, createClient, launch, rig, type Client } from './support/ec2-rig.ts'

/** A host that nobody could end has ended itself after that. */
const IDLE_MS = 6000
const PATIENCE = { timeout: 60_000, interval: 200 }

beforeEach(() => rig.reset())

/** Every call of a run on an account with nothing prepared: its name, and how many calls of that name came before. */
const positions = await record()

const faults: Record<string, object> = {
  'fails once': { status: 500, code: 'InternalError' },
  'is throttled': { status: 503, code: 'RequestLimitExceeded' },
  'is cut off on its way there': { drop: 'before' },
  'loses its answer': { drop: 'after' },
  'is slow': { delay: 1 },
}

describe.each(Object.entries(faults))('when a call %s', (_, fault) => {
  test.each(positions)(
    '%s (%i before): the run goes on, and leaves nothing double and nothing alive',
    async (call, skip) => {
      await using client = createClient()
      await rig.fault({ call, skip, ...fault })
      await runOnce(client)
      expect(await findDoubles()).toEqual([])
    },
  )
})

describe('when a call is denied', () => {
  test.each(positions)('%s (%i before): the run goes on without it or says what is missing', async (call, skip) => {
    await using client = createClient()
    const code = call.startsWith('ec2') ? 'UnauthorizedOperation' : 'AccessDenied'
    await rig.fault({ call, skip, status: 403, code, message: 'Denied' })
    const outcome = await runOnce(client).then(
      () => 'launched',
      (error: Ec2Error) => error.code,
    )
    expect(outcome).toMatch(/^(launched|EC2_DENIED|EC2_CREDENTIALS)$/)
    expect(await findDoubles()).toEqual([])
  })
})

describe('when the launch is refused', () => {
  test.each([
    ['InsufficientInstanceCapacity', 'launched'],
    ['UnfulfillableCapacity', 'launched'],
    ['MaxSpotInstanceCountExceeded', 'launched'],
    ['VcpuLimitExceeded', 'EC2_QUOTA'],
    ['Unsupported', 'launched'],
  ])('%s on all spot capacity: it goes on demand, or says why not', async (code, expected) => {
    await using client = createClient()
    await rig.refuse({ match: expected === 'launched' ? '*/spot' : '*', code, message: 'Refused', times: 1000 })
    const outcome = await runOnce(client).then(
      () => 'launched',
      (error: Ec2Error) => error.code,
    )
    expect(outcome).toBe(expected)
    expect(await findDoubles()).toEqual([])
  })
})

async function runOnce(client: Client): Promise<void> {
  const provider = client.open({ idleMs: IDLE_MS })
  try {
    await launch(provider)
    expect((await alive()).length).toBe(1)
    await provider.bucket()
  } finally {
    await provider.close()
  }
}

async function record(): Promise<[call: string, before: number][]> {
  await rig.reset()
  await using client = createClient()
  await runOnce(client)
  const counts = new Map<string, number>()
  return (await rig.calls()).flatMap(({ call }): [string, number][] => {
    const before = counts.get(call) ?? 0
    counts.set(call, before + 1)
    // `alive()` asks, too; names of instances are others the next time.
    return call === 'ec2:DescribeInstances' && before > 0 ? [] : [[call.replace(/vitest-ec2-i-\w+/, '*'), before]]
  })
}

/** Names of what is there more often than a run needs it. Waits until no host is alive. */
async function findDoubles(): Promise<string[]> {
  await expect.poll(alive, PATIENCE).toEqual([])
  const [groups, templates, keys, roles, profiles, buckets, schedules] = await Promise.all([
    aws.describeSecurityGroups({ Filters: [{ Name: 'group-name', Values: ['vitest-ec2-*'] }] }),
    aws.describeLaunchTemplates({}),
    aws.describeKeyPairs({}),
    new IAM({}).listRoles({}),
    new IAM({}).listInstanceProfiles({}),
    new S3({ forcePathStyle: true }).listBuckets({}),
    new Scheduler({}).listSchedules({}),
  ])
  const names = [
    groups.SecurityGroups?.map(({ GroupName }) => GroupName),
    templates.LaunchTemplates?.map(({ LaunchTemplateName }) => LaunchTemplateName),
    keys.KeyPairs?.map(({ KeyName }) => KeyName),
    roles.Roles?.map(({ RoleName }) => RoleName).filter((name) => !name?.endsWith('-scheduler')),
    profiles.InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName),
    buckets.Buckets?.map(({ Name }) => Name),
    schedules.Schedules?.map(({ Name }) => Name),
  ]
  return names.flatMap((found = []) => found.slice(1).map(String))
}
