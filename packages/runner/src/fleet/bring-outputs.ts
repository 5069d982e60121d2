import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { HostSession } from '../host/host-session.ts'

/** A larger one is no checkpoint that is worth the wait. */
const MAX_BYTES = 32 << 20

/**
 * Brings to a view what an earlier attempt wrote on another host into the output folders, as far as it had come home: a
 * checkpoint resumes there. Files that start with a dot are that attempt's own.
 *
 * @param since ms since 1970; what is older is of other runs
 */
export async function bringOutputs(
  session: HostSession,
  view: { id: string; root: string },
  outputs: readonly string[],
  since: number,
): Promise<void> {
  for (const folder of outputs) {
    for (const path of await changedFiles(folder, since)) {
      await session.call('writeFile', view.id, relative(view.root, path), await readFile(path))
    }
  }
}

async function changedFiles(folder: string, since: number): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => [])
  const found: string[] = []
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const path = join(entry.parentPath, entry.name)
    const stats = await stat(path).catch(() => undefined)
    if (stats && stats.mtimeMs >= since && stats.size <= MAX_BYTES) found.push(path)
  }
  return found
}
