import { createHash } from 'node:crypto'
import { lstat, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { readSavedFiles } from '../ec2/run-record.ts'
import type { RunStore } from '../ec2/run-store.ts'
import { Ec2Error } from '../errors.ts'
import { fetchWritten } from '../host/fetch-written.ts'
import { fileKey, type SavedFile } from '../wire/run-record.ts'

export interface FetchedFiles {
  fetched: string[]
  /** others are here under these names, and stay */
  different: string[]
  /** could not be fetched, with the reason */
  failed: { path: string; reason: string }[]
}

interface LostTrack {
  at: number
  outputs: readonly string[]
}

/** A client was heard at most so long (ms) before the last that it wrote. */
const UNHEARD_MS = 5000

/**
 * Brings what a run wrote to a folder here. The run may be of long ago: what is here stays as it is, and nothing is
 * brought that decides which code runs here.
 * @param lost of a host that lost its client at that time (ms since 1970): what the client had brought here itself, into
 * folders that it mirrored, or sent there, gives way where nobody has changed it since
 */
export async function fetchFiles(
  store: RunStore,
  run: string,
  folder: string,
  lost?: LostTrack,
): Promise<FetchedFiles> {
  const result: FetchedFiles = { fetched: [], different: [], failed: [] }
  const read = async (_view: string, path: string, from?: number, to?: number) => {
    const bytes = await store.get(run, fileKey(path), from, to)
    if (bytes) return bytes
    throw new Ec2Error('EC2_SYNC', `${store.url(run, fileKey(path))} is not there`)
  }
  for (const file of await readSavedFiles(store, run)) {
    const { path } = file
    if (path.split('/').some((step) => step === 'node_modules' || step === '.git')) continue
    const known = await look(join(folder, path))
    if (known?.is === lookOf(file)) continue
    if (known !== undefined && !(lost && givesWay(file, known, lost))) result.different.push(path)
    else {
      try {
        await fetchWritten(read, run, folder, file)
        result.fetched.push(path)
      } catch (error) {
        result.failed.push({ path, reason: (error as Error).message })
      }
    }
  }
  return result
}

interface Look {
  is: string
  changedAt: number
}

/** Mirrored folders are a run's own while it is there; elsewhere only what it was sent is known not to be anybody's work. */
function givesWay(file: SavedFile, here: Look, { at, outputs }: LostTrack): boolean {
  if (here.is === FOLDER) return false
  if (outputs.some((folder) => file.path.startsWith(`${folder}/`))) return here.changedAt <= at + UNHEARD_MS
  return file.kind === 'file' && file.was === here.is
}

function lookOf(file: SavedFile): string {
  return file.kind === 'file' ? file.hash : `-> ${file.link}`
}

const FOLDER = 'a folder'

async function look(path: string): Promise<Look | undefined> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats) return undefined
  const changedAt = stats.mtimeMs
  if (stats.isSymbolicLink()) return { is: `-> ${await readlink(path)}`, changedAt }
  if (!stats.isFile()) return { is: FOLDER, changedAt }
  const is = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  return { is, changedAt }
}
