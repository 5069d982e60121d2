/**
 * What a run that goes on by itself leaves in the bucket, under `runs/<id>/`: a detached run, or a host of an ordinary
 * one that lost its client. Times are ms since 1970, by the host's clock.
 */
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
  /** `returned`: its client is back, and has everything */
  state: 'running' | 'ended' | 'returned'
  endedAt?: number
  /** as `vitest` would have given it */
  exitCode?: number
  /** why it ended before it was done, and what could not be saved */
  problem?: string
  /** only of a host that lost its client */
  lost?: LostWork
}

/** What a host of an ordinary run went on with when nobody was there any more. */
export interface LostWork {
  /** when the client was heard last, by the client's own clock (ms since 1970) */
  at: number
  /** how each test file that it was given ended, by absolute path */
  files: Record<string, FileOutcome>
}
export type FileOutcome = 'passed' | 'failed' | 'unfinished'

/** A file that a run wrote in its workspace, as `runs/<id>/files.json` lists it; its content is under `files/<path>`. */
export type SavedFile =
  | {
      path: string
      kind: 'file'
      size: number
      mode: number
      hash: string
      /** of the file that was in its place when the run began */
      was?: string
    }
  | { path: string; kind: 'link'; link: string }

/** Where all this is put, by whatever speaks to the bucket. Keys are relative to `runs/<run>/`. */
export interface SaveStore {
  put(run: string, key: string, content: string | Uint8Array): Promise<void>
  /** @param hash sha256 of the content in hex */
  putFile(run: string, key: string, path: string, hash: string): Promise<void>
}

export const RECORD_KEY = 'run.json'
export const FILES_KEY = 'files.json'

export function fileKey(path: string): string {
  return `files/${path}`
}

/** The console is kept in pieces of exactly this size (bytes); only the last one grows. */
export const CONSOLE_PIECE = 1 << 20

export function consoleKey(piece: number): string {
  return `console/${String(piece).padStart(5, '0')}.log`
}

export async function putRecord(store: SaveStore, record: RunRecord): Promise<void> {
  await store.put(record.id, RECORD_KEY, `${JSON.stringify(record, null, 2)}\n`)
}
