import { Readable } from 'node:stream'
import type { ComputeHost, ComputeProvider } from '../../src/fleet/compute-provider.ts'
import { createFleet } from '../../src/fleet/create-fleet.ts'
import type { Fleet } from '../../src/fleet/fleet.ts'
import type { RemoteWorker, WorkerEnd } from '../../src/fleet/lease.ts'
import type { CloseReason, Connection } from '../../src/host/connection.ts'
import type { HostSession } from '../../src/host/host-session.ts'

/** A fleet of hosts that cost nothing but what the client itself does for each: no machine, no agent, no bytes. */
export interface LightFleet {
  fleet: Fleet
  /** ids of hosts that were launched and not ended */
  readonly running: ReadonlySet<string>
  /** the connection to a host is gone for good */
  lose: (host: string) => void
}

export function createLightFleet({ hosts, slots }: { hosts: number; slots: number }): LightFleet {
  const running = new Set<string>()
  const sessions = new Map<string, (reason: CloseReason) => void>()
  let launched = 0
  const provider: ComputeProvider = {
    name: 'light',
    plan: async () => ({ summary: 'light', slots, gpus: 0, usdPerHour: undefined }),
    findWarm: async () => [],
    async launch(): Promise<ComputeHost> {
      launched += 1
      const id = `host-${launched}`
      running.add(id)
      return {
        id,
        description: 'light',
        market: 'on-demand',
        usdPerHour: undefined,
        startedAt: Date.now(),
        connect: async () => ({ name: id }) as Connection,
        terminate: async () => void running.delete(id),
        keepWarm: async () => {},
      }
    },
    close: async () => {},
  }
  const fleet = createFleet({
    run: 'light',
    kinds: [
      {
        name: 'default',
        provider,
        demand: { kind: 'default', spec: {}, maxHosts: hosts },
        slots,
        sync: async () => ({ trees: ['a'], packageTrees: [] }),
      },
    ],
    maxHosts: hosts,
    keepAliveMs: 0,
    openSession: async ({ name }) => {
      const { promise: closed, resolve } = Promise.withResolvers<CloseReason>()
      sessions.set(name, resolve)
      return createSession(closed, resolve)
    },
  })
  return { fleet, running, lose: (host) => sessions.get(host)?.({ by: 'them', error: new Error('cut') }) }
}

function createSession(closed: Promise<CloseReason>, close: (reason: CloseReason) => void): HostSession {
  return {
    info: { gpus: [] as object[] } as HostSession['info'],
    closed,
    call: async () => [] as never,
    upload: async () => {},
    spawnWorker: async () => createWorker(closed),
    mirror: async () => {},
    drainMirror: async () => {},
    fetchWritten: async () => {},
    onMissedPackage: () => {},
    onSpotNotice: () => {},
    close: async () => close({ by: 'us' }),
  }
}

/** Answers each call with its argument, a turn later. */
function createWorker(lost: Promise<CloseReason>): RemoteWorker {
  let onMessage: (message: unknown) => void = () => {}
  const { promise: closed, resolve } = Promise.withResolvers<WorkerEnd>()
  void lost.then((reason) => resolve({ by: 'connection', reason }))
  let isOver = false
  void closed.then(() => (isOver = true))
  return {
    started: Promise.resolve(1),
    send(message) {
      const { id, args } = message as { id: number; args: unknown[] }
      setImmediate(() => isOver || onMessage({ type: 'result', id, value: args[0] }))
    },
    onMessage: (listener) => void (onMessage = listener),
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    closed,
    stop: async () => resolve({ by: 'exit', code: 0, signal: null }),
  }
}
