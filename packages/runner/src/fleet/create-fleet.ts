import { Ec2Error } from '../errors.ts'
import type { ComputeHost } from './compute-provider.ts'
import { FleetHost } from './fleet-host.ts'
import type { FleetKind, FleetOptions } from './fleet-options.ts'
import type { Fleet, LeaseRequest } from './fleet.ts'
import { openLease } from './open-lease.ts'
import { summarise } from './summarise.ts'
import { createQueue, type Waiter } from './waiters.ts'

/** Makes the fleet of one run. Nothing is asked of anybody, and nothing launched, before the first lease. */
export function createFleet(options: FleetOptions): Fleet {
  const waiters = createQueue(scheduleSoon)
  const hosts = new Set<FleetHost>()
  const past: FleetHost[] = []
  const idleTimers = new Map<FleetHost, NodeJS.Timeout>()
  const openings = new Set<Promise<void>>()
  const planned = new Set<string>()
  let attempts = 0
  let closing: Promise<void> | undefined
  let isScheduled = false

  return {
    async lease(request) {
      const kind = options.kinds.find(({ name }) => name === request.kind)
      if (!kind) throw unknownKind(request, options.kinds)
      if (closing) throw new Ec2Error('EC2_ABORTED', `No host for ${request.root}: the run is over`)
      return await waiters.add(request, kind)
    },
    summary: () => summarise([...past, ...hosts]),
    async close() {
      closing ??= closeAll()
      await closing
      return summarise(past)
    },
  }

  /** Once for all who come or go in the same turn: a run asks for all of its files at once. */
  function scheduleSoon(): void {
    if (isScheduled) return
    isScheduled = true
    queueMicrotask(() => {
      isScheduled = false
      schedule()
    })
  }

  // NOTE: synchronous, so that two leases never see the same free slot.
  function schedule(): void {
    // 1. Whoever waits longest takes a free slot of its kind.
    for (const kind of options.kinds) {
      const free = waiters.count(kind) === 0 ? [] : hostsOf(kind, 'ready').filter(({ slots }) => slots.includes(false))
      for (const host of free) {
        for (let next = waiters.longest(kind); next && host.slots.includes(false); next = waiters.longest(kind)) {
          assign(next, host)
        }
      }
    }
    for (const kind of options.kinds) {
      const waiting = waiters.count(kind)
      const opening = hostsOf(kind, 'opening')
      // 2. A launch that nobody waits for any more only costs money.
      if (waiting === 0) for (const host of opening) void retire(host, 'nobody waits for it any more')
      // 3. Who still waits needs more hosts than are on the way.
      else if (waiting > opening.length * kind.slots && makeRoom(kind)) track(open(kind))
    }
    // 4. A host with nothing to do ends after its time.
    for (const host of hosts) watchIdle(host)
  }

  function assign(waiter: Waiter, host: FleetHost): void {
    const slot = host.slots.indexOf(false)
    host.slots[slot] = true
    const release = () => {
      if (!host.slots[slot]) return
      host.slots[slot] = false
      // The usual case costs the same however many hosts there are.
      const next = host.state.is === 'ready' ? waiters.longest(host.kind) : undefined
      if (next) assign(next, host)
      else schedule()
    }
    waiters.remove(waiter)
    openLease(host, slot, waiter.request, release).then(waiter.resolve, (error: unknown) => {
      waiter.reject(error)
      release()
    })
  }

  /** True when one more host of this kind may be opened now; an idle one of another kind gives way first. */
  function makeRoom(kind: FleetKind): boolean {
    if (closing) return false
    if (hosts.size < options.maxHosts) return true
    const idle = [...hosts].find((host) => host.kind !== kind && host.isIdle)
    if (idle) void retire(idle, 'another kind of host is needed')
    return false // scheduled again when it is gone
  }

  async function open(kind: FleetKind): Promise<void> {
    const host = new FleetHost(kind, options, tellPhase)
    hosts.add(host)
    attempts += 1
    const attempt = attempts
    try {
      const plan = await kind.provider.plan(kind.demand)
      const warm = await findWarm(kind)
      if (!planned.has(kind.name)) options.onPlan?.(kind.name, plan, warm)
      planned.add(kind.name)
      await host.open(plan, attempt, warm)
      void host.lost.then(() => retire(host, 'the connection was lost'))
    } catch (error) {
      forget(host)
      // A kind whose only hope failed fails all who wait for it; another host on its feet still serves them.
      if (hostsOf(kind).length === 0) for (const waiter of waiters.of(kind)) waiters.remove(waiter)?.reject(error)
    }
    schedule()
  }

  function track(opening: Promise<void>): void {
    openings.add(opening)
    void opening.finally(() => openings.delete(opening))
  }

  /** A warm host that this fleet has not had already. */
  async function findWarm(kind: FleetKind): Promise<ComputeHost | undefined> {
    const known = new Set([...hosts, ...past].map((host) => host.machine?.id))
    const warm = await kind.provider.findWarm(kind.demand)
    return warm.find(({ id }) => !known.has(id))
  }

  async function retire(host: FleetHost, reason: string): Promise<void> {
    if (!forget(host)) return
    await host.end(reason)
    schedule()
  }

  function forget(host: FleetHost): boolean {
    clearTimeout(idleTimers.get(host))
    idleTimers.delete(host)
    if (host.machine && !past.includes(host)) past.push(host)
    return hosts.delete(host)
  }

  function watchIdle(host: FleetHost): void {
    if (!host.isIdle) {
      clearTimeout(idleTimers.get(host))
      idleTimers.delete(host)
    } else if (options.keepAliveMs > 0 && !idleTimers.has(host)) {
      const timer = setTimeout(() => void retire(host, 'it was idle'), options.keepAliveMs)
      timer.unref()
      idleTimers.set(host, timer)
    }
  }

  async function closeAll(): Promise<void> {
    for (const waiter of waiters.all()) {
      waiters.remove(waiter)?.reject(new Ec2Error('EC2_ABORTED', 'The run ended before a host was ready'))
    }
    const until = new Date(Date.now() + options.keepAliveMs)
    await Promise.all(
      [...hosts].map(async (host) => {
        forget(host)
        if (options.keepAliveMs > 0 && host.state.is === 'ready') await host.keepWarm(until)
        else await host.end('the run is over')
      }),
    )
    await Promise.all(openings)
    const providers = new Set(options.kinds.map(({ provider }) => provider))
    await Promise.all([...providers].map((provider) => provider.close()))
  }

  function tellPhase(host: FleetHost): void {
    for (const { request } of waiters.of(host.kind)) {
      request.onPhase({ ...host.phase, ...(host.machine && { host: host.machine.id }) })
    }
  }

  function hostsOf(kind: FleetKind, state?: 'opening' | 'ready'): FleetHost[] {
    return [...hosts].filter((host) => host.kind === kind && (state === undefined || host.state.is === state))
  }
}

function unknownKind({ kind }: LeaseRequest, kinds: readonly FleetKind[]): Ec2Error {
  const names = kinds.map(({ name }) => `\`${name}\``).join(', ')
  return new Ec2Error('EC2_OPTIONS', `No kind of host is called \`${kind}\``, {
    fix: `Known are ${names}. Add it to the \`hosts\` option, or name one of these.`,
    data: { kind },
  })
}
