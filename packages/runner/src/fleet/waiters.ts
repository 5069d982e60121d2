import type { FleetKind } from './fleet-options.ts'
import type { LeaseRequest } from './fleet.ts'
import type { Lease } from './lease.ts'

/** Somebody who waits for a slot. */
export interface Waiter {
  request: LeaseRequest
  kind: FleetKind
  resolve: (lease: Lease) => void
  reject: (error: unknown) => void
}

/** Who waits, longest first. An aborted request leaves by itself. */
export interface Queue {
  add(request: LeaseRequest, kind: FleetKind): Promise<Lease>
  /** takes it out, and says so by returning it: only then may it be settled */
  remove(waiter: Waiter): Waiter | undefined
  all(): Waiter[]
  of(kind: FleetKind): Waiter[]
  count(kind: FleetKind): number
  longest(kind: FleetKind): Waiter | undefined
}

export function createQueue(onChange: () => void): Queue {
  // By kind: looking for the next one costs the same however many wait.
  const waiters = new Map<FleetKind, Set<Waiter>>()
  // By signal: all of a run have the same one, which looks through its listeners for each that comes.
  const abortable = new Map<AbortSignal, { waiters: Set<Waiter>; onAbort: () => void }>()
  const ofKind = (kind: FleetKind) => waiters.get(kind) ?? new Set<Waiter>()
  const queue: Queue = {
    async add(request, kind) {
      request.signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<Lease>()
      const waiter: Waiter = { request, kind, resolve, reject }
      watch(waiter)
      waiters.set(kind, ofKind(kind).add(waiter))
      onChange()
      return await promise
    },
    remove(waiter) {
      if (!ofKind(waiter.kind).delete(waiter)) return undefined
      forget(waiter)
      return waiter
    },
    all: () => [...waiters.values()].flatMap((set) => [...set]),
    of: (kind) => [...ofKind(kind)],
    count: (kind) => ofKind(kind).size,
    longest: (kind) => ofKind(kind).values().next().value,
  }
  return queue

  function watch(waiter: Waiter): void {
    const { signal } = waiter.request
    const known = abortable.get(signal)
    if (known) return void known.waiters.add(waiter)
    const all = new Set([waiter])
    const onAbort = () => {
      for (const each of all) queue.remove(each)?.reject(signal.reason)
      onChange()
    }
    abortable.set(signal, { waiters: all, onAbort })
    signal.addEventListener('abort', onAbort)
  }

  function forget(waiter: Waiter): void {
    const { signal } = waiter.request
    const known = abortable.get(signal)
    known?.waiters.delete(waiter)
    if (known?.waiters.size !== 0) return
    abortable.delete(signal)
    signal.removeEventListener('abort', known.onAbort)
  }
}
