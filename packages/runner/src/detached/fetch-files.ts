import { createHash } from 'node:crypto'
import { lstat, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunStore } from '../ec2/run-store.ts'
import { Ec2Error } from '../errors.ts'
import { fetchWritten } from '../host/fetch-written.ts'
import { fileKey, readSavedFiles, type SavedFile } from './record.ts'

export interface FetchedFiles {
  fetched: string[]
  /** others are here under these names, and stay */
  different: string[]
  /** could not be fetched, with the reason */
  failed: { path: string; reason: string }[]
}

/**
 * Brings what a run wrote to a folder here. The run may be of long ago: what is here stays as it is, and nothing is
 * brought that decides which code runs here.
 */
export async function fetchFiles(store: RunStore, run: string, folder: string): Promise<FetchedFiles> {
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
    if (known === lookOf(file)) continue
    if (known !== undefined) result.different.push(path)
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

function lookOf(file: SavedFile): string {
  return file.kind === 'file' ? file.hash : `-> ${file.link}`
}

async function look(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats) return undefined
  if (stats.isSymbolicLink()) return `-> ${await readlink(path)}`
  return stats.isFile()
    ? createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
    : 'a folder'
}
