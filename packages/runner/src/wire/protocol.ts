import type { RunRecord } from './run-record.ts'

/**
 * What client and agent say to each other. Both ends import this file and nothing else of each other.
 *
 * Every stream to the agent's socket begins with one `Hello` frame from the client and one `Welcome` (or `Refusal`)
 * back. Its role decides what follows: `control` carries calls (`Call`/`Answer`) of `AgentMethods` and `AgentEvent`s,
 * `worker` carries one worker's messages untouched, `mirror` the growth of output folders: these three are message
 * streams that resume. `upload` carries the raw bytes of one pack, answered by one more `Welcome` or `Refusal`;
 * after a welcome the stream may begin again with the `Hello` of another pack.
 */

/** Raised when either end must not talk to an older other end. */
export const PROTOCOL_VERSION = 1

export type Hello = { protocol: number; node: string; agent: string } & Role
export type Role =
  /** `resume`: the session is not new; an agent that does not know it refuses */
  | { role: 'control'; session: string; resume: boolean }
  /** one worker's messages; opening it again goes on where the last stream was cut */
  | { role: 'worker'; session: string; worker: string }
  /** `MirrorEvent`s of a session */
  | { role: 'mirror'; session: string }
  | { role: 'upload'; pack: string; size: number }
  /** from a worker process on the host to its agent: proves with the secret of its environment that it is that worker */
  | { role: 'worker-process'; worker: string; secret: string }
  /** a worker misses a package: answered by one more `Welcome` when it is there, or the client has none either, or by a `Refusal` */
  | ({ role: 'worker-package'; worker: string; secret: string } & MissedPackage)
  /** the rest of the stream is what the worker prints; not answered */
  | { role: 'worker-output'; worker: string; secret: string; stream: 'stdout' | 'stderr' }
export type Welcome = { ok: true; node: string; agent: string }
export type Refusal = { ok: false; message: string; code?: string; fix?: string }

export type Call = {
  [M in keyof AgentMethods]: { id: number; method: M; params: Parameters<AgentMethods[M]> }
}[keyof AgentMethods]
export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { code?: string; message: string; fix?: string; data?: Readonly<Record<string, unknown>> } }

/** What the client may ask the agent for. Paths named `path` are absolute on the host. */
export interface AgentMethods {
  info(): HostInfo
  /** tells the host's clocks that somebody is there; the client calls it every few seconds, with its own time (ms since 1970) */
  touch(at: number): void
  /** where the results of this client's workers go when it does not come back for them */
  saveTo(place: SavePlace): void
  /** of these hashes of packs and trees, the ones the store does not hold */
  missing(hashes: string[]): string[]
  /** verifies and unpacks a pack that is small enough for a message; the others come by streams of their own */
  receive(pack: string, bytes: Uint8Array): void
  /** downloads packs by URL, verifies and unpacks each; rejects with the first that is not what its hash says */
  pull(packs: { hash: string; url: string }[]): void
  /** builds (once) a tree of files from packs and returns its hash */
  tree(manifest: TreeManifest): string
  /** opens a view: a mount namespace in which the trees appear at `root`, with a fresh layer for what is written */
  openView(view: ViewSpec): void
  closeView(view: string): void
  /** files below the view's root that differ from its trees: written, changed, deleted */
  written(view: string): WrittenFile[]
  /** content of a file as a view sees it; `from`…`to` as in `slice` */
  readFile(view: string, path: string, from?: number, to?: number): Uint8Array
  /** writes a file into a view before a worker starts (earlier attempts' outputs, checkpoints) */
  writeFile(view: string, path: string, data: Uint8Array): void
  /** follows a folder of a view (absolute path): every growth and new file is told on the mirror stream, the present content first */
  mirror(view: string, folder: string): void
  /** answers when all that was in the mirrored folders at the call has been told: how many events that were so far */
  drainMirror(view: string): number
  spawn(worker: WorkerSpec): { pid: number }
  /** the answer to a `missed-package` event */
  supply(request: string, supply: PackageSupply): void
  /** the client has used up that much of what a worker printed: so much more may come */
  took(worker: string, stream: 'stdout' | 'stderr', bytes: number): void
  /** to the worker; SIGKILL also to everything it started */
  kill(worker: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void
  /** starts something that goes on without a client or an agent, and ends the host when it is over; answers when it has begun */
  detach(work: DetachedSpec): void
  /** ends the agent; with `powerOff` the whole host */
  end(options: { powerOff: boolean }): void
}

export type AgentEvent =
  | { event: 'output'; worker: string; stream: 'stdout' | 'stderr'; data: Uint8Array }
  | { event: 'exit'; worker: string; code: number | null; signal: string | null }
  /** the worker, or what it started, listens on that port of loopback, or does no more */
  | { event: 'listen'; worker: string; port: number; host: '127.0.0.1' | '::1'; open: boolean }
  /** a worker of that view waits for a package: `supply` is the answer */
  | ({ event: 'missed-package'; request: string; view: string } & MissedPackage)
  | { event: 'spot-notice'; at: number }

/** Paths are relative to `folder`, with `/`. */
export type MirrorEvent = { view: string; folder: string; path: string } &
  /** bytes at `offset`; with `truncate` the file begins anew and is whole when `size` bytes are there */
  ({ kind: 'data'; offset: number; data: Uint8Array; truncate: boolean; size: number } | { kind: 'delete' })

export interface HostInfo {
  /** `process.version` of the agent, its platform, architecture and C library */
  node: string
  platform: string
  arch: string
  libc: 'glibc' | 'musl'
  kernel: string
  distribution: string
  cpus: number
  memoryBytes: number
  freeDiskBytes: number
  user: string
  /** the same for all that share loopback with the agent */
  network: string
  gpus: { index: number; name: string; memoryMiB: number; driver: string }[]
  /** how views are made here, or why they cannot be */
  view: { by: 'root' | 'sudo' | 'user-namespace' } | { by: 'none'; reason: string }
}

/** A file in a tree. `hash` is the sha256 of its content in hex; it lies in the pack `pack`. `mode` is 0o644 or 0o755. */
export type TreeEntry =
  | { path: string; mode: number; size: number; hash: string; pack: string }
  | { path: string; link: string }
  | { path: string; directory: true }

/** `hash`: sha256 over the sorted entries; equal content has an equal name everywhere. Paths are relative, with `/`. */
export interface TreeManifest {
  hash: string
  entries: TreeEntry[]
}

export interface ViewSpec {
  id: string
  /** where the trees appear: the client's own absolute path */
  root: string
  /** tree hashes, topmost first */
  trees: string[]
  /** names of packages that the client could bring when a worker misses one; none */
  installed?: readonly string[]
}

/** A package that was not found; `from`: the folder that it was asked for in. */
export interface MissedPackage {
  name: string
  from: string
}
/** `trees`: what the view lacks, in the store by now, topmost first; `error`: why it cannot be brought; neither: the client has none either. */
export interface PackageSupply {
  trees?: string[]
  error?: string
}

export interface WorkerSpec {
  id: string
  view: string
  cwd: string
  env: Record<string, string>
  execArgv: string[]
  /** module to load first, absolute on the host; `vitest`: the Vitest worker, `function`: the caller of functions */
  entry: 'vitest' | 'function'
  /** handed to the entry untouched */
  data: unknown
  gpus: number[]
}

/** Work that ends its host when it is over. */
export interface DetachedSpec {
  id: string
  /** as of a view */
  root: string
  trees: string[]
  /** absolute path in the view of the module that does it: it says on its standard output when it has begun */
  module: string
  /** handed to the module untouched, with what it needs to know of its view: see `DetachedInput` */
  task: unknown
}

/** What the module finds as JSON in the file that is its argument. */
export interface DetachedInput {
  task: unknown
  root: string
  upper: string
  trees: string[]
}

/** A place in a bucket that the host's own role may write to. */
export interface SavePlace {
  /** of the folder of all runs there, with a `/` at its end */
  url: string
  region: string
  /** whose the bucket must be */
  account: string
  /** what is said there of the run; the rest follows from what becomes of it */
  run: Omit<RunRecord, 'startedAt' | 'heardAt' | 'state' | 'lost'>
  /** how long the client may be silent (ms) before it counts as lost */
  graceMs: number
}

export type WrittenFile =
  | { path: string; kind: 'file'; size: number; mode: number; hash: string; was?: string }
  | { path: string; kind: 'link'; link: string }
  | { path: string; kind: 'deleted' }
