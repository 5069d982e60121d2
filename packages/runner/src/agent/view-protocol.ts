import type { SavePlace } from '../wire/protocol.ts'
import type { SavedFiles } from './file-saver.ts'
import type { PortChange } from './port-watch.ts'

/** What the agent asks of the process that lives inside a view. Frames over its stdin and stdout, answered in any order. */
export interface ViewMethods {
  /** the process's number, as the view counts */
  spawn(worker: ViewWorker): { pid: number }
  kill(worker: string, signal: NodeJS.Signals): void
  /** files below the root that differ from the trees */
  written(): ViewFile[]
  readFile(path: string, from: number | undefined, to: number | undefined): Uint8Array
  writeFile(path: string, data: Uint8Array): void
  /** brings what was written to the bucket: what is new or has changed since the last time */
  save(place: SavePlace): SavedFiles
  /** adds the tree in that folder; what is there stays */
  supply(tree: string): void
}

export interface ViewWorker {
  id: string
  cwd: string
  env: Record<string, string>
  execArgv: string[]
  /** proves to the agent whose the connections are */
  secret: string
}

/** `WrittenFile` of the protocol. */
export type ViewFile =
  | { path: string; kind: 'file'; size: number; mode: number; hash: string; was?: string }
  | { path: string; kind: 'link'; link: string }
  | { path: string; kind: 'deleted' }

export type ViewCall = {
  [M in keyof ViewMethods]: { id: number; method: M; params: Parameters<ViewMethods[M]> }
}[keyof ViewMethods]
export type ViewMessage =
  | { kind: 'ready' }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; code: string | undefined; message: string }
  | { kind: 'exit'; worker: string; code: number | null; signal: NodeJS.Signals | null }
  | ({ kind: 'listen' } & PortChange)

/** The arguments of `view-main`, as JSON. */
export interface ViewSettings {
  root: string
  upper: string
  trees: string[]
  /** the agent's socket */
  socket: string
}

/** The environment a worker process finds its agent by. All but the id is removed before anything of the user's runs. */
export const WORKER_ENV = {
  id: 'VITEST_EC2_WORKER',
  socket: 'VITEST_EC2_SOCKET',
  secret: 'VITEST_EC2_SECRET',
  /** Node's own name: it keeps what V8 compiled for the next workers of the view, from the first module on */
  compiled: 'NODE_COMPILE_CACHE',
} as const
