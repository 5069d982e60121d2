import type { RunStore } from '../ec2/run-store.ts'

/** What a detached run says of itself in the bucket: `runs/<id>/run.json`. Times are ms since 1970, by the host's clock. */
export interface RunRecord {
  version: 1
  id: string
  /** whose it is, as in the instance's tags, and for people: `ada@laptop` */
  owner: string
  label: string
  instance: { id: string; type: string; region: string; market: string; usdPerHour?: number; launchedAt: number }
  /** of `vitest` */
  args: string[]
  startedAt: number
  /** the end of the host's life, whatever happens */
  expiresAt: number
  /** the run says from time to time that it goes on */
  heardAt: number
  state: 'running' | 'ended'
  endedAt?: number
  /** as `vitest` would have given it */
  exitCode?: number
  /** why it ended before it was done, and what could not be saved */
  problem?: string
}

/** A file that a run wrote in its workspace, as `runs/<id>/files.json` lists it; its content is under `files/<path>`. */
export type SavedFile =
  | { path: string; kind: 'file'; size: number; mode: number; hash: string }
  | { path: string; kind: 'link'; link: string }

const RECORD_KEY = 'run.json'
export const FILES_KEY = 'files.json'

export function fileKey(path: string): string {
  return `files/${path}`
}

/** The console is kept in pieces of exactly this size (bytes); only the last one grows. */
export const CONSOLE_PIECE = 1 << 20

export function consoleKey(piece: number): string {
  return `console/${String(piece).padStart(5, '0')}.log`
}

export async function putRecord(store: RunStore, record: RunRecord): Promise<void> {
  await store.put(record.id, RECORD_KEY, `${JSON.stringify(record, null, 2)}\n`)
}

/** Nothing when there is no such run, or it has not begun. */
export async function readRecord(store: RunStore, id: string): Promise<RunRecord | undefined> {
  return parse<RunRecord>(await store.get(id, RECORD_KEY))
}

export async function readSavedFiles(store: RunStore, id: string): Promise<SavedFile[]> {
  return parse<SavedFile[]>(await store.get(id, FILES_KEY)) ?? []
}

function parse<T>(bytes: Uint8Array | undefined): T | undefined {
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as T)
}
