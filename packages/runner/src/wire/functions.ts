/**
 * What a worker of functions and its client say to each other, as messages of the worker's own stream. Calls are
 * answered in any order.
 */

/** What such a worker is told at its start. */
export interface FunctionWorkerData {
  /** absolute path or URL of a module that is loaded at once: whoever calls it first waits less */
  module?: string
  /** for tasks that look at `process.__tinypool_state__`, as Tinypool's workers have it */
  workerId?: number
  workerData?: unknown
}

export type ToFunctionWorker =
  | { type: 'call'; id: number; target: FunctionTarget; args: unknown[]; signals?: number[] }
  | { type: 'abort'; id: number; reason: unknown }
  /** modules that lambdas of this worker import; `isFresh`: some are others than before, and all are loaded anew */
  | { type: 'modules'; runner?: string; modules: Record<string, unknown>; isFresh: boolean }
  /** for the task's own `process.on('message')` */
  | { type: 'message'; message: unknown }

/** Which function is called. */
export type FunctionTarget =
  /** an export of a module, by absolute path or URL */
  | { module: string; name: string }
  /** the default export of this text */
  | { source: string }
  /** a lambda: the default export of a module that was sent, given what the lambda captures */
  | { lambda: string; captures: unknown[] }

export type FromFunctionWorker =
  | { type: 'result'; id: number; value: unknown }
  /** `details`: what structured clones drop of an error, its name and own properties */
  | { type: 'error'; id: number; error: unknown; details: Record<string, unknown> }
  /** what the task gave to `process.send` */
  | { type: 'message'; message: unknown }
  /** a variable that a function asked for and that is not set there */
  | { type: 'missing-variable'; name: string }

/** A module's key among those that were sent: as its importer names it. */
export function moduleKey(url: string, importer: string | undefined): string {
  return `${importer?.replace(/\?.*/, '') ?? ''}\0${url}`
}
