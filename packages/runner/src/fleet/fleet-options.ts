import type { Connection } from '../host/connection.ts'
import type { HostSession } from '../host/host-session.ts'
import type { SyncTarget } from '../sync/sync-target.ts'
import type { ComputeHost, ComputeProvider, HostDemand, HostPhase, HostPlan } from './compute-provider.ts'

/** All that the fleet needs from the world. */
export interface FleetOptions {
  run: string
  kinds: readonly FleetKind[]
  /** hosts at a time, of all kinds together */
  maxHosts: number
  /** ms an idle host waits for the next run; 0 ends it with the run */
  keepAliveMs: number
  /** brings the agent to a machine that answers */
  openSession: (connection: Connection, options: SessionOptions) => Promise<HostSession>
  /** hears once of each kind what it is about to be, before anything of it costs */
  onPlan?: (kind: string, plan: HostPlan, warm: ComputeHost | undefined) => void
}

export interface FleetKind {
  name: string
  provider: ComputeProvider
  demand: HostDemand
  /** workers that one host of this kind is expected to take at a time */
  slots: number
  /**
   * Brings workspace and packages to a host. `onPlan` hears of the trees that it will most likely show, before it is asked what
   * it has.
   */
  sync: (target: SyncTarget, request: SyncRequest) => Promise<SyncedTrees>
}

/** Hashes, topmost first. */
export interface SyncedTrees {
  trees: string[]
  /** of these the ones that are of packages */
  packageTrees: string[]
}

export interface SessionOptions {
  run: string
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
  /** dials the same machine again when the connection is lost */
  reconnect: () => Promise<Connection>
}

export interface SyncRequest {
  root: string
  packages: readonly string[]
  outputs: readonly string[]
  signal: AbortSignal
  onPlan?: (trees: string[]) => void
  onProgress: (progress: { doneBytes: number; totalBytes: number }) => void
}
