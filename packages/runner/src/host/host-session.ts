import type { SpawnOptions, RemoteWorker } from '../fleet/lease.ts'
import type { AgentMethods, HostInfo, MissedPackage, PackageSupply, WrittenFile } from '../wire/protocol.ts'
import type { CloseReason } from './connection.ts'

/**
 * A machine with our agent running on it, spoken to over one `Connection`. `openHostSession(connection, options)` in
 * `open-host-session.ts` brings Node and the agent there (once per content), starts or finds the agent, and returns this.
 */
export interface HostSession {
  readonly info: HostInfo
  /** resolves, never rejects; from then on everything pending fails with the reason and nothing new starts */
  readonly closed: Promise<CloseReason>
  call<M extends keyof AgentMethods>(
    method: M,
    ...params: Parameters<AgentMethods[M]>
  ): Promise<ReturnType<AgentMethods[M]>>
  /** sends one pack's bytes over a bulk stream; the agent verifies it against its hash before it answers */
  upload(pack: { hash: string; size: number }, content: AsyncIterable<Uint8Array>): Promise<void>
  spawnWorker(view: string, options: SpawnOptions & { gpus: readonly number[] }): Promise<RemoteWorker>
  /** keeps the same folder here equal to the host's while it grows; nothing outside `folder` is ever touched here */
  mirror(view: string, folder: string): Promise<void>
  /** resolves when all that was in the mirrored folders at the call is on the disk here */
  drainMirror(view: string): Promise<void>
  /** fetches one written file to the same path below `root` here; refuses to leave `root` or to follow a link out of it */
  fetchWritten(view: string, root: string, file: WrittenFile): Promise<void>
  /** a worker waits for a package: what the listener returns is its answer */
  onMissedPackage(listener: (view: string, missed: MissedPackage) => Promise<PackageSupply>): void
  onSpotNotice(listener: (at: Date) => void): void
  /** leaves the agent running (a warm host) unless `end` */
  close(options?: { end?: boolean; powerOff?: boolean }): Promise<void>
}
