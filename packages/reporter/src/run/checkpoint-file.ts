import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** State of an experiment, beside its journal while it has not come to its end. */
export const CHECKPOINT_FILE = 'checkpoint.bin'

/** What the file holds. */
export interface SavedState {
  state: unknown
  /** the step that the state is of, where the experiment said it */
  step?: number
}

export function encodeCheckpoint(saved: SavedState): Uint8Array {
  return serialize(saved)
}

/** Returns nothing for bytes that are no whole checkpoint: those of a lost host may be cut. */
export function decodeCheckpoint(bytes: Uint8Array): SavedState | undefined {
  try {
    return deserialize(bytes) as SavedState
  } catch {
    return undefined
  }
}

/** Replaces the file as a whole: a reader never sees half of it. */
export async function writeCheckpoint(folder: string, bytes: Uint8Array): Promise<void> {
  const target = join(folder, CHECKPOINT_FILE)
  await writeFile(`${target}.tmp`, bytes)
  await rename(`${target}.tmp`, target)
}

/** Returns nothing where there is none. */
export async function readCheckpoint(folder: string): Promise<Uint8Array | undefined> {
  return await readFile(join(folder, CHECKPOINT_FILE)).catch(() => undefined)
}

export async function removeCheckpoint(folder: string): Promise<void> {
  await rm(join(folder, CHECKPOINT_FILE), { force: true })
}
