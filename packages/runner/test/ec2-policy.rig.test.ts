import { EC2 } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAccount } from '../src/ec2/account.ts'
import { createClients } from '../src/ec2/clients.ts'
import { createImage } from '../src/ec2/create-image.ts'
import { findOwned, removeOwned } from '../src/ec2/owned.ts'
import { findOwner } from '../src/ec2/owner.ts'
import { leastPolicy, type Policy } from '../src/ec2/policy.ts'
import { forgetImages } from '../src/ec2/remove-image.ts'
import type { Ec2Error } from '../src/errors.ts'
import { resolveOptions } from '../src/options-resolve.ts'
import { alive, createClient, demand, launch, rig, type Client } from './support/ec2-rig.ts'

const options = { signal: new AbortController().signal, onPhase: () => {} }
const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env

beforeEach(() => rig.reset())
afterEach(() => void Object.assign(process.env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }))

test('the least policy, enforced, lets a run begin on an empty account, go on warm, and all of it be removed', async () => {
  await using client = createClient()
  await as(leastPolicy())
  await live(client)
  expect(client.notices).toEqual([])
  await as(undefined)
  expect(await alive()).toEqual([])
})

describe('without one of its statements', () => {
  // AWS asks for the others on behalf of these calls, or by resources, which the stand-in does not tell apart.
  const enforced = [
    'Look',
    'Images',
    'Launch',
    'Make',
    'Tag',
    'ChangeAndEndOurs',
    'Roles',
    'Buckets',
    'Schedules',
    'Bake',
    'Unbake',
  ]
  test.each(enforced)('%s, something is refused or left out with a sentence', async (sid) => {
    await using client = createClient()
    const policy = leastPolicy()
    // Some allow actions of another on other resources, which the stand-in does not tell apart.
    const twins: Record<string, string> = { Make: 'MakeInVpc', Tag: 'BakeTags', Bake: 'BakeInto' }
    const without = policy.Statement.filter(({ Sid }) => Sid !== sid && Sid !== twins[sid])
    await as({ ...policy, Statement: without })
    const outcome = await live(client).then(
      () => client.notices.join('\n'),
      (error: Ec2Error) => `${error.code}: ${error.message}`,
    )
    expect(outcome).toMatch(/may not|EC2_DENIED/)
    await as(undefined)
    await expect.poll(alive, { timeout: 60_000, interval: 200 }).toEqual([])
  })

  test('Quotas, a quota that is too small is found out too late', async () => {
    await using client = createClient()
    await rig.set({ quotas: { 'L-DB2E81BA': 0, 'L-3819A6DF': 0 } })
    const policy = leastPolicy()
    await as(policy)
    await expect(client.open().plan(demand())).rejects.toMatchObject({ code: 'EC2_QUOTA' })
    await as({ ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== 'Quotas') })
    await client.open().plan(demand())
  })
})

/** A run, a second one that finds the host of the first, an image, a run from it, and the removal of everything. */
async function live(client: Client): Promise<void> {
  const first = client.open({ idleMs: 6000 })
  try {
    const host = await launch(first)
    const connection = await host.connect(options)
    const bucket = await first.bucket()
    await host.keepWarm(new Date(Date.now() + 60_000))
    await connection.close()
    await first.close()
    const second = client.open({ idleMs: 6000 })
    await second.plan(demand())
    const [warm] = await second.findWarm(demand())
    expect(warm?.id).toBe(host.id)
    await second.close()
    await bakeOnce(client)
    await removeAll(client, bucket?.name)
  } finally {
    await first.close()
  }
}

async function bakeOnce(client: Client): Promise<void> {
  const provider = client.open({ idleMs: 6000 })
  try {
    const host = await launch(provider, demand({ market: 'on-demand' }))
    const what = { instance: host.id, of: 'deep-learning', base: 'ami-dca37ea5', user: 'ubuntu' }
    const image = await createImage(await provider.account(), { ...what, ...options })
    await provider.close()
    const next = client.open({ idleMs: 6000 })
    forgetImages(await next.account())
    await launch(next)
    expect(await images()).toEqual([image.ImageId])
    await next.close()
  } finally {
    await provider.close()
  }
}

/** From which the instances that run were launched, by the rig's own key. */
async function images(): Promise<unknown[]> {
  const all = new EC2({ region: 'us-east-1', credentials: { accessKeyId: id!, secretAccessKey: secret! } })
  const { Reservations = [] } = await all.describeInstances({
    Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }],
  })
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ ImageId }) => ImageId))
}

async function removeAll(client: Client, bucket: string | undefined): Promise<void> {
  const account = await openAccount({
    clients: createClients({}),
    owner: findOwner(client.stateDir),
    settings: resolveOptions({}),
    stateDir: client.stateDir,
    notice: (sentence) => void client.notices.push(sentence),
  })
  await removeOwned(account, await findOwned(account, { bucket }), () => {})
}

/** Calls AWS as a user with this policy from now on, or as before. */
async function as(policy: Policy | undefined): Promise<void> {
  const user = policy ? await rig.user(policy) : { accessKeyId: id, secretAccessKey: secret }
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey })
}
