import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes what lies in a folder of the cache and was not touched for so long (ms): also what killed processes have begun. */
export async function removeOld(folder: string, ageMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats && Date.now() - stats.mtimeMs > ageMs) await rm(path, { recursive: true, force: true })
  }
}
