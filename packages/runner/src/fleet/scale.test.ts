import { expect, it } from 'vitest'
import { createLightFleet } from '../../test/support/light-fleet.ts'
import type { Lease } from './lease.ts'

const HOSTS = 64
const SLOTS = 8
const { signal } = new AbortController()

const request = {
  kind: 'default',
  root: '/workspace',
  revision: 0,
  packages: [],
  outputs: [],
  signal,
  onPhase: () => {},
}

it('fills 512 slots of 64 hosts, serves who waits in turn, and ends all hosts', async () => {
  const { fleet, running } = createLightFleet({ hosts: HOSTS, slots: SLOTS })
  const served: number[] = []
  const held: Lease[] = []
  const waiting = Array.from({ length: 3 * HOSTS * SLOTS }, async (_, index) => {
    const lease = await fleet.lease(request)
    served.push(index)
    held.push(lease)
  })
  await expect.poll(() => held.length).toBe(HOSTS * SLOTS)
  expect(running.size).toBe(HOSTS)
  const perHost = Map.groupBy(held, ({ host }) => host.id)
  expect([...perHost.values()].map((leases) => leases.length)).toEqual(Array.from({ length: HOSTS }, () => SLOTS))
  for (let round = 1; round < 3; round += 1) {
    for (const lease of held.splice(0)) lease.release()
    await expect.poll(() => held.length).toBe(HOSTS * SLOTS)
  }
  await Promise.all(waiting)
  // Whoever waits longer is served first: nobody is overtaken by who came a whole fleet later.
  expect(served.every((index, at) => Math.abs(index - at) < HOSTS * SLOTS)).toBe(true)
  for (const lease of held.splice(0)) lease.release()
  expect((await fleet.close()).hosts).toHaveLength(HOSTS)
  expect(running.size).toBe(0)
})

it('loses no task with a host in the middle, and has another host for it', async () => {
  const { fleet, running, lose } = createLightFleet({ hosts: HOSTS, slots: SLOTS })
  const results: number[] = []
  let isLost = false
  const tasks = Array.from({ length: 4000 }, async (_, index) => {
    for (;;) {
      const lease = await fleet.lease(request)
      const worker = await lease.spawn({ cwd: '/', env: {}, execArgv: [], entry: 'function', data: undefined })
      const answer = new Promise<number>((resolve) =>
        worker.onMessage((message) => resolve((message as { value: number }).value)),
      )
      worker.send({ id: 1, args: [index] })
      if (index === 1000 && !isLost) {
        isLost = true
        lose(lease.host.id)
      }
      const end = await Promise.race([answer, worker.closed])
      await worker.stop()
      lease.release()
      if (typeof end === 'number') return void results.push(end)
    }
  })
  await Promise.all(tasks)
  expect(isLost).toBe(true)
  expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4000 }, (_, index) => index))
  expect((await fleet.close()).hosts.length).toBeGreaterThanOrEqual(HOSTS)
  expect(running.size).toBe(0)
})
