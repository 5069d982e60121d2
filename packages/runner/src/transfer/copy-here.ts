import { cp, lstat, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Copied, CopyOptions } from './copy.ts'
import { nameOf, takeInventory, totalBytes } from './inventory.ts'

/** Copies a file or folder on this machine, as `put` does to another: what is new appears whole. */
export async function copyHere(from: string, to: string, { signal, onProgress }: CopyOptions = {}): Promise<Copied> {
  const inventory = await takeInventory(from, signal)
  const staging = join(dirname(to), `.${basename(to)}.${nameOf(inventory, to)}.part`)
  const bytes = totalBytes(inventory.files)
  const options = { recursive: true, verbatimSymlinks: true, force: true }
  const stats = await lstat(to).catch(() => undefined)
  await mkdir(dirname(to), { recursive: true })
  try {
    if (stats?.isDirectory()) await cp(from, to, options)
    else {
      await cp(from, staging, options)
      await rename(staging, to)
    }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  onProgress?.({ doneBytes: bytes, totalBytes: bytes })
  return { files: inventory.files.length, bytes, sent: bytes }
}
