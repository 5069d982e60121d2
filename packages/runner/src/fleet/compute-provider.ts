import type { Connection } from '../host/connection.ts'
import type { InstanceSpec } from '../options.ts'
import type { SavePlace } from '../wire/protocol.ts'

/**
 * Think of a provider as a shop for machines: EC2 launches and ends them, `static/` hands out machines that somebody
 * owns, `local/` this one. The fleet decides when; it knows nothing of how.
 */
export interface ComputeProvider {
  readonly name: string
  /** What a machine of this kind is, costs and whether it can be had. Makes nothing. Called before the first launch. */
  plan(demand: HostDemand): Promise<HostPlan>
  /** Machines of this kind that an earlier run of this owner left warm. */
  findWarm(demand: HostDemand): Promise<ComputeHost[]>
  /** Makes a machine. When it rejects or is aborted, nothing of the attempt is left running. */
  launch(demand: HostDemand, options: LaunchOptions): Promise<ComputeHost>
  /** Ends everything this process launched and did not keep; called on every way out. Never throws. */
  close(): Promise<void>
}

export interface HostDemand {
  /** the name in `hosts` */
  kind: string
  spec: InstanceSpec
  /** how many machines of this kind may exist for this run */
  maxHosts: number
}

export interface HostPlan {
  /** `g4dn.xlarge spot us-east-1` */
  summary: string
  /** workers that fit on one machine at a time */
  slots: number
  gpus: number
  usdPerHour: number | undefined
}

export interface LaunchOptions {
  run: string
  attempt: number
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
}

/** What a machine is doing before it can work; shown beside the file that waits for it. */
export type HostPhase =
  | { phase: 'checking' | 'preparing'; detail?: string }
  | { phase: 'launching' | 'booting' | 'connecting' | 'installing'; detail?: string }
  | { phase: 'syncing'; doneBytes: number; totalBytes: number }
  | { phase: 'ready' }

/** A machine that exists. */
export interface ComputeHost {
  /** `i-0abc…`, `user@host` */
  readonly id: string
  /** `g4dn.xlarge spot us-east-1b`, for people */
  readonly description: string
  readonly market: 'spot' | 'on-demand' | 'owned'
  readonly usdPerHour: number | undefined
  /** what AWS calls it; nothing for a machine that is not AWS's */
  readonly instance?: { type: string; region: string }
  readonly startedAt: number
  /** where it may save what its workers do when nobody comes back for it; nothing where it cannot */
  findSavePlace?(): Promise<SavePlace | undefined>
  /** waits until it can be reached, and connects with the pinned host key */
  connect(options: { signal: AbortSignal; onPhase: (phase: HostPhase) => void }): Promise<Connection>
  /** ends it (an owned machine is left alone); idempotent, never throws */
  terminate(reason: string): Promise<void>
  /** leaves it for the next run until then; an owned machine needs nothing */
  keepWarm(until: Date): Promise<void>
}
