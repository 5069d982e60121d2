import { bringOutputs } from './bring-outputs.ts'
import { collectWritten } from './collect.ts'
import type { FleetHost } from './fleet-host.ts'
import type { LeaseRequest } from './fleet.ts'
import type { Lease } from './lease.ts'

/** Prepares a slot that is already held: workspace in sync, view open. The slot is released by the lease's `release`. */
export async function openLease(
  host: FleetHost,
  slot: number,
  request: LeaseRequest,
  release: () => void,
): Promise<Lease> {
  if (host.state.is !== 'ready') throw new Error('This is a bug: a lease on a host that is not ready')
  const { session, host: machine } = host.state
  const view = await host.views.open(session, request, (phase) => request.onPhase({ ...phase, host: machine.id }))
  request.signal.throwIfAborted()
  const gpus = host.gpusOf(slot)
  return {
    host: {
      id: machine.id,
      description: machine.description,
      market: machine.market,
      usdPerHour: machine.usdPerHour,
      instance: machine.instance,
      info: session.info,
    },
    gpus,
    spawn: (options) => session.spawnWorker(view.id, { ...options, gpus }),
    bring: (since) => bringOutputs(session, view, request.outputs, since),
    collect: () => collectWritten(session, view, request.outputs),
    release,
  }
}
