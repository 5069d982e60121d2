import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { Scheduler } from '@aws-sdk/client-scheduler'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Ec2Error } from '../src/errors.ts'
import { alive, aws, createClient, demand, launch, rig, type Client } from './support/ec2-rig.ts'
import { makePrivateNetwork } from './support/private-network.ts'

/** A host that nobody could end has ended itself after that. */
const IDLE_MS = 6000
/** Long enough for the way through an endpoint. */
const LONG_IDLE_MS = 15_000
/** Whom nobody takes over waits for so long, and ends then. */
const WARM_MS = 25_000
const options = { signal: new AbortController().signal, onPhase: () => {} }
const PATIENCE = { timeout: 90_000, interval: 200 }

beforeEach(() => rig.reset())

/** A run on an account with nothing prepared, and one that is reached by tunnels, keeps its host warm, and takes it over. */
const lives = { 'a first run': runOnce, 'a run behind an endpoint': runBehindEndpoint }
type Life = keyof typeof lives

/** Every call of those: in which, its name, and how many calls of that name came before. */
const positions = await record()

const faults: Record<string, object> = {
  'fails once': { status: 500, code: 'InternalError' },
  'is throttled': { status: 503, code: 'RequestLimitExceeded' },
  'is cut off on its way there': { drop: 'before' },
  'loses its answer': { drop: 'after' },
  'is slow': { delay: 1 },
}

/** Which of the faults are drawn at a call: one, in turn, the launch meets all, and every call that makes something loses its answer. `FAULTS=all` draws all everywhere. */
function isDrawn(how: string, position: number, call: string): boolean {
  if (process.env['FAULTS'] === 'all' || call === 'ec2:CreateFleet') return true
  if (how === 'loses its answer' && call.includes(':Create')) return true
  return how === Object.keys(faults)[position % 5]
}

describe.each(Object.entries(faults).map(([how, fault]) => ({ how, fault })))('when a call $how', ({ how, fault }) => {
  test.each(positions.filter(([, call], position) => isDrawn(how, position, call)))(
    '%s, %s (%i before): it goes on, and leaves nothing double and nothing alive',
    async (life, call, skip) => {
      await using client = createClient()
      await lives[life](client, () => rig.fault({ call, skip, ...fault }))
      expect(await findDoubles()).toEqual([])
    },
  )
})

describe('when a call is denied', () => {
  test.each(positions)(
    '%s, %s (%i before): it goes on without it or says what is missing',
    async (life, call, skip) => {
      await using client = createClient()
      const code = call.startsWith('ec2') ? 'UnauthorizedOperation' : 'AccessDenied'
      const denial = { call, skip, status: 403, code, message: 'Denied' }
      const outcome = await outcomeOf(lives[life](client, () => rig.fault(denial)))
      expect(outcome).toMatch(/^(launched|EC2_DENIED|EC2_CREDENTIALS)$/)
      expect(await findDoubles()).toEqual([])
    },
  )
})

describe('when the launch is refused', () => {
  test.each([
    ['InsufficientInstanceCapacity', 'EC2_CAPACITY'],
    ['UnfulfillableCapacity', 'EC2_CAPACITY'],
    ['InsufficientFreeAddressesInSubnet', 'EC2_CAPACITY'],
    ['MaxSpotInstanceCountExceeded', 'EC2_QUOTA'],
    ['VcpuLimitExceeded', 'EC2_QUOTA'],
    ['Unsupported', 'EC2_CAPACITY'],
    ['OptInRequired', 'EC2_API'],
    ['UnauthorizedOperation', 'EC2_DENIED'],
  ])(
    '%s: on spot capacity it goes on demand where that may help; everywhere it says why not',
    async (code, refused) => {
      await using client = createClient()
      await rig.refuse({ match: '*/spot', code, message: 'Refused', times: 1000 })
      const isFinal = refused === 'EC2_API' || refused === 'EC2_DENIED'
      expect(await outcomeOf(runOnce(client))).toBe(isFinal ? refused : 'launched')
      await rig.refuse({ match: '*', code, message: 'Refused', times: 1000 })
      expect(await outcomeOf(runOnce(client))).toBe(refused)
      expect(await findDoubles()).toEqual([])
    },
  )
})

/** `launched`, or the code of the error that says why not, and what to do. */
async function outcomeOf(run: Promise<void>): Promise<string> {
  try {
    await run
    return 'launched'
  } catch (error) {
    const { code, fix } = error as Ec2Error
    return fix ? code : `${code} without a word of what to do`
  }
}

/** @param disturb is called before the first call of the run */
async function runOnce(client: Client, disturb: () => Promise<unknown> = async () => {}): Promise<void> {
  await disturb()
  const provider = client.open({ idleMs: IDLE_MS })
  try {
    await launch(provider)
    expect((await alive()).length).toBe(1)
    await provider.bucket()
  } finally {
    await provider.close()
  }
}

async function runBehindEndpoint(client: Client, disturb: () => Promise<unknown> = async () => {}): Promise<void> {
  const { vpc } = await makePrivateNetwork()
  const settings = { network: { vpc, connect: 'endpoint' as const }, idleMs: LONG_IDLE_MS }
  await disturb()
  const first = client.open(settings)
  try {
    const host = await launch(first)
    const connection = await host.connect(options)
    await host.keepWarm(new Date(Date.now() + WARM_MS))
    await connection.close()
    await first.close()
    const second = client.open(settings)
    await second.plan(demand())
    const [warm] = await second.findWarm(demand())
    await warm?.connect(options)
    await second.close()
  } finally {
    await first.close()
  }
}

async function record(): Promise<[life: Life, call: string, before: number][]> {
  const found: [Life, string, number][] = []
  const known = new Set<string>()
  for (const [life, live] of Object.entries(lives) as [Life, typeof runOnce][]) {
    await rig.reset()
    await using client = createClient()
    await live(client, () => rig.calls())
    const counts = new Map<string, number>()
    for (const { call } of await rig.calls()) {
      const before = counts.get(call) ?? 0
      counts.set(call, before + 1)
      // How often it is asked whether a host runs or answers is a matter of time.
      const isRepeated = call === 'ec2:DescribeInstances' ? before > 0 : call.endsWith(':OpenTunnel') && before > 3
      const name = call.replace(/vitest-ec2-i-\w+/, '*') // names of instances are others the next time
      if (!isRepeated && !known.has(`${name} ${before}`)) found.push([life, name, before])
      known.add(`${name} ${before}`)
    }
  }
  return found
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
