import { dirname } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Tinypool } from 'tinypool'
import { RemotePool } from '../src/remote/remote-pool.ts'
import { alive, aws, createClient, rig } from './support/ec2-rig.ts'
import { openOwnedHost } from './support/owned-host.ts'
import { definePoolContract, TASKS } from './task-pool.contract.ts'

definePoolContract(
  'Tinypool',
  () =>
    new Tinypool({
      filename: TASKS,
      runtime: 'child_process',
      serialization: 'advanced',
      minThreads: 2,
      maxThreads: 2,
    }),
)
definePoolContract(
  'processes of this machine',
  () => new RemotePool({ filename: TASKS, hosts: 'local', maxThreads: 2 }),
)

describe('a pool on a machine over SSH', { timeout: 120_000 }, async () => {
  const host = await openOwnedHost()
  const home = process.env['HOME']
  process.env['HOME'] = host.env['HOME']
  afterAll(async () => {
    process.env['HOME'] = home
    await host[Symbol.asyncDispose]()
  })

  definePoolContract('two workers of a machine', () => new RemotePool({ filename: TASKS, hosts: there() }))

  it('maps over items in order, and loses none for one that fails', async () => {
    await using pool = new RemotePool({ hosts: there() })
    const outcomes = await Array.fromAsync(
      pool.map([3, 1, 2, 0], async (n) => {
        await new Promise((resolve) => setTimeout(resolve, n * 50))
        if (n === 1) throw new RangeError('one')
        return n * 10
      }),
    )
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: 30 },
      { status: 'rejected', reason: { name: 'RangeError', message: 'one' } },
      { status: 'fulfilled', value: 20 },
      { status: 'fulfilled', value: 0 },
    ])
  })

  it('says once which variable its tasks miss there and how it travels, never what it is', async () => {
    vi.stubEnv('API_TOKEN', 'a secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    const notices: string[] = []
    await using pool = new RemotePool({ hosts: there(), onNotice: (sentence) => notices.push(sentence) })
    const read = await Array.fromAsync(pool.map([1, 2, 3], () => process.env['API_TOKEN'] ?? process.env['NOWHERE']))
    expect(read).toEqual(read.map(() => ({ status: 'fulfilled', value: undefined })))
    expect(notices).toEqual([
      "A function read API_TOKEN, which is set here and does not travel: `env: ['API_TOKEN']` passes it to hosts",
    ])
  })

  function there(): { ssh: string; workers: number } {
    return { ssh: host.env['VITEST_EC2_HOST'] ?? '', workers: 2 }
  }
})

describe('a pool on instances', { timeout: 180_000 }, () => {
  it('loses no task with an instance, and leaves none', async () => {
    await rig.reset()
    await using client = createClient()
    process.env['XDG_STATE_HOME'] = dirname(client.stateDir)
    const pool = new RemotePool({ filename: TASKS, hosts: { count: 2 }, onNotice: () => {} })
    const tasks = [4000, 4001, 4002, 4003].map((ms) => pool.run(ms, { name: 'wait' }))
    await expect.poll(() => pool.threads.filter(({ pid }) => pid !== undefined).length, { timeout: 90_000 }).toBe(2)
    const [doomed] = pool.threads
    await aws.terminateInstances({ InstanceIds: [doomed?.host ?? ''] })
    expect(await Promise.all(tasks)).toEqual([4000, 4001, 4002, 4003])
    await pool.destroy()
    expect(await alive()).toEqual([])
  })
})
