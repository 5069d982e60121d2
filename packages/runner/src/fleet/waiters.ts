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
}

export function createQueue(onChange: () => void): Queue {
  const waiters = new Set<Waiter>()
  const queue: Queue = {
    async add(request, kind) {
      request.signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<Lease>()
      const waiter: Waiter = { request, kind, resolve, reject }
      const onAbort = () => {
        queue.remove(waiter)?.reject(request.signal.reason)
        onChange()
      }
      request.signal.addEventListener('abort', onAbort)
      waiters.add(waiter)
      onChange()
      return await promise.finally(() => request.signal.removeEventListener('abort', onAbort))
    },
    remove: (waiter) => (waiters.delete(waiter) ? waiter : undefined),
    all: () => [...waiters],
    of: (kind) => [...waiters].filter((waiter) => waiter.kind === kind),
  }
  return queue
}
