import { randomUUID } from 'node:crypto'
import type { ComputeHost, HostPhase } from '../fleet/compute-provider.ts'
import type { FleetKind } from '../fleet/fleet-options.ts'
import { openHostSession } from '../host/open-host-session.ts'
import { createPorts } from '../host/ports.ts'
import { get } from '../transfer/get.ts'
import { put } from '../transfer/put.ts'
import { createHost } from './create-host.ts'
import type { Host } from './host.ts'
import { openLine } from './line.ts'
import { createSessionFunctions } from './session-functions.ts'

export interface ConnectedHostOptions {
  machine: ComputeHost
  /** absolute path of the workspace */
  root: string
  sync: FleetKind['sync']
  /** of workers */
  env: Readonly<Record<string, string>>
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
  notice: (sentence: string) => void
  /** the agent's folder on the host; by default where `openHostSession` puts it */
  stateDir?: string | undefined
  leave: () => Promise<void>
}

/** A machine that exists, as users have it. Node and the agent are brought there with the first function. */
export function createConnectedHost(options: ConnectedHostOptions): Host {
  const { machine, root, sync, env, signal, onPhase, notice, stateDir, leave } = options
  const run = `remote-${randomUUID().slice(0, 8)}`
  const line = openLine(() => machine.connect({ signal, onPhase }))
  const functions = createSessionFunctions({
    run,
    root,
    sync,
    env,
    onPhase,
    notice,
    endAgent: machine.market === 'owned',
    openSession: async (aborted) =>
      await openHostSession(await line.get(), {
        run,
        signal: aborted,
        onPhase,
        reconnect: () => line.renew(),
        ports: createPorts(notice),
        ...(stateDir !== undefined && { stateDir }),
      }),
  })
  return createHost({
    id: machine.id,
    description: machine.description,
    line,
    functions,
    put: async (from, to, copy) => await put(await line.get(), from, to, copy),
    get: async (from, to, copy) => await get(await line.get(), from, to, copy),
    leave,
  })
}
