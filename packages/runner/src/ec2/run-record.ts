import { FILES_KEY, RECORD_KEY, type RunRecord, type SavedFile } from '../wire/run-record.ts'
import type { RunStore } from './run-store.ts'

/** Nothing when there is no such run, or it has not begun. */
export async function readRecord(store: RunStore, id: string): Promise<RunRecord | undefined> {
  return parse<RunRecord>(await store.get(id, RECORD_KEY))
}

export async function readSavedFiles(store: RunStore, id: string): Promise<SavedFile[]> {
  return parse<SavedFile[]>(await store.get(id, FILES_KEY)) ?? []
}

/** The run that a host goes on with when it has lost the client of an ordinary one. */
export function lostRunId(run: string, instance: string): string {
  return `${run}-${instance}`
}

function parse<T>(bytes: Uint8Array | undefined): T | undefined {
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as T)
}
