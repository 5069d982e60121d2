import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { HostSession } from '../host/host-session.ts'
import type { LeftFile } from './lease.ts'

/** What one message takes. */
const MAX_BYTES = 200 << 20

/**
 * Brings to a view what an earlier attempt wrote on another host into the output folders, as far as it had come home: a
 * checkpoint resumes there. Files that start with a dot are that attempt's own.
 *
 * @param since ms since 1970; what is older is of other runs
 * @returns those that are too large for it
 */
export async function bringOutputs(
  session: HostSession,
  view: { id: string; root: string },
  outputs: readonly string[],
  since: number,
): Promise<LeftFile[]> {
  const left: LeftFile[] = []
  for (const folder of outputs) {
    for (const { path, size } of await changedFiles(folder, since)) {
      const name = relative(view.root, path)
      if (size > MAX_BYTES) left.push({ path: name, size })
      else await session.call('writeFile', view.id, name, await readFile(path))
    }
  }
  return left
}

async function changedFiles(folder: string, since: number): Promise<LeftFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((): Dirent[] => [])
  const found: LeftFile[] = []
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const path = join(entry.parentPath, entry.name)
    const stats = await stat(path).catch(() => undefined)
    if (stats && stats.mtimeMs >= since) found.push({ path, size: stats.size })
  }
  return found
}
