import type { FunctionWorkerData } from '../wire/functions.ts'
import type { FunctionWorker } from './function-worker.ts'

/**
 * Where the workers of a pool come from: slots of hosts, or processes of this machine. The pool decides when it wants one
 * more and when it is done with one.
 */
export interface WorkerSource {
  /** workers that there may be at a time */
  readonly size: number
  /**
   * Waits for a place, and starts a worker there.
   * @param packages module files, or names of packages, that its tasks load
   */
  open(data: FunctionWorkerData, packages: readonly string[], signal: AbortSignal): Promise<PlacedWorker>
  /** ends all hosts that were launched for it */
  close(): Promise<void>
}

export interface PlacedWorker {
  worker: FunctionWorker
  /** for messages */
  host: string
  /** brings home what tasks wrote below the workspace */
  collect(): Promise<void>
  /** ends the worker and gives its place back */
  end(): Promise<void>
}
