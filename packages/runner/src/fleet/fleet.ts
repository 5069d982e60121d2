import type { HostPhase } from './compute-provider.ts'
import type { Lease } from './lease.ts'

/** Turns demand into hosts: a free slot on a ready host, a warm host of an earlier run, or a launch. */
export interface Fleet {
  /**
   * Waits for a slot on a ready host with this workspace on it.
   * @throws Ec2Error of the launch, the connection or the sync, when there is no other way left
   */
  lease(request: LeaseRequest): Promise<Lease>
  /** the hosts so far, those at work included */
  summary(): FleetSummary
  /** ends or keeps warm every host; never throws */
  close(): Promise<FleetSummary>
}

export interface LeaseRequest {
  /** the name in `hosts` */
  kind: string
  /** absolute path under which the workspace appears, here and there */
  root: string
  /** changes when files here may have changed since the last lease: the workspace is read once per revision */
  revision: number
  /** module files outside the graph that the work needs; their packages and all that those depend on travel */
  packages: readonly string[]
  /** absolute folders below `root` that are mirrored while they grow */
  outputs: readonly string[]
  signal: AbortSignal
  onPhase: (phase: HostPhase & { host?: string }) => void
}

export interface FleetSummary {
  hosts: {
    id: string
    description: string
    market: string
    seconds: number
    usd: number | undefined
    warmUntil: Date | undefined
  }[]
}
