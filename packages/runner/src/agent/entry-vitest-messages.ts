/**
 * What the pool and the Vitest worker on a host say to each other over the worker's channel. Vitest's own messages
 * travel inside, untouched: worker requests and responses, and the frames of its RPC.
 */
export type ToVitestWorker =
  | { type: 'vitest'; message: unknown }
  /** what the next `run` will ask for, so that it need not ask */
  | { type: 'preload'; preload: Preload }
  /** to a `read-snapshot` */
  | { type: 'answer'; id: number; content?: string | null; error?: string }

export type FromVitestWorker =
  /** `answered`: the worker has answered this request itself and waits for nothing; `files`: files here that it names */
  | { type: 'vitest'; message: unknown; answered: boolean; files?: NamedFile[] }
  /** a test asked for an environment variable that the worker does not have */
  | { type: 'missing-variable'; name: string }
  | { type: 'read-snapshot'; id: number; path: string }
  /** `null` removes it */
  | { type: 'save-snapshot'; path: string; content: string | null }

export interface NamedFile {
  path: string
  content: Uint8Array
}

/** Absolute paths of the client's own Vitest, which the view shows at the same place. */
export interface VitestWorkerData {
  worker: string
  runtime: string
}

export interface Preload {
  /** answers of `resolve`, by `resolveKey` */
  resolved: Record<string, unknown>
  /** answers of `fetch` without an importer, by environment and url */
  entries: Record<string, unknown>
  /** by url and by id: all that the files import */
  modules: Record<string, unknown>
  /** where snapshots of a test file lie, by test file */
  snapshotPaths: Record<string, string>
  /** snapshot files by path; `null`: there is none */
  snapshots: Record<string, string | null>
}

export function resolveKey(id: string, importer: string | undefined, environment: string): string {
  return `${environment}\0${importer ?? ''}\0${id}`
}

/** A frame of Vitest's RPC (birpc). */
export type RpcFrame = RpcRequest | RpcReply
export interface RpcRequest {
  t: 'q'
  /** method */
  m: string
  a: unknown[]
  /** absent: nobody waits for a reply */
  i?: string
}
export interface RpcReply {
  t: 's'
  i: string
  r?: unknown
  e?: unknown
}

export function isRpcRequest(message: unknown): message is RpcRequest {
  return typeof message === 'object' && message !== null && 't' in message && message.t === 'q'
}

export function isRpcReply(message: unknown): message is RpcReply {
  return typeof message === 'object' && message !== null && 't' in message && message.t === 's'
}
