import type { Readable } from 'node:stream'
import type { CloseReason } from '../host/connection.ts'
import type { HostInfo } from '../wire/protocol.ts'

/** A worker process on a host, as the client sees it. Messages arrive in order, once. */
export interface RemoteWorker {
  /** its process id, once it runs; rejects when it cannot be started. What is sent before waits for it there. */
  readonly started: Promise<number>
  send(message: unknown): void
  /** one listener; messages that come before it is set are kept */
  onMessage(listener: (message: unknown) => void): void
  readonly stdout: Readable
  readonly stderr: Readable
  /** resolves, never rejects, when the worker is gone */
  readonly closed: Promise<WorkerEnd>
  /** SIGTERM, and SIGKILL when it is still there after the grace time (ms, default 2000; 0: SIGKILL at once) */
  stop(graceMs?: number): Promise<void>
}
export type WorkerEnd =
  | { by: 'exit'; code: number | null; signal: string | null }
  | { by: 'connection'; reason: CloseReason }
  | { by: 'spawn'; error: Error }

export interface SpawnOptions {
  cwd: string
  env: Record<string, string>
  execArgv: string[]
  entry: 'vitest' | 'function'
  data: unknown
}

export interface LeasedHost {
  id: string
  description: string
  market: string
  usdPerHour: number | undefined
  instance: { type: string; region: string } | undefined
  info: HostInfo
}

/** A worker's hold on a slot of a ready host whose workspace is in sync. */
export interface Lease {
  readonly host: LeasedHost
  readonly gpus: readonly number[]
  spawn(options: SpawnOptions): Promise<RemoteWorker>
  /** brings there what an earlier attempt left in the output folders here since then (ms since 1970); call it before `spawn`. Returns what is too large for it */
  bring(since: number): Promise<LeftFile[]>
  /** brings home what was written below the workspace; call it when a file is done, before `release` */
  collect(): Promise<CollectedFiles>
  release(): void
}
/** A file that does not travel, to be named to the user with its size (bytes). */
export interface LeftFile {
  path: string
  size: number
}
/** `left`: too large to be fetched on its own. */
export interface CollectedFiles {
  written: string[]
  left: LeftFile[]
}
