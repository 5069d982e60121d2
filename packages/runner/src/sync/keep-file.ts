import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file of the cache, which is there as a whole or not at all, and says whether it could. Never throws: what the
 * cache holds only saves time.
 */
export async function keepFile(file: string, content: string | Uint8Array): Promise<boolean> {
  const aside = `${file}.${randomUUID()}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(aside, content)
    await rename(aside, file)
    return true
  } catch {
    await rm(aside, { force: true }).catch(() => {}) // a full disk, for one
    return false
  }
}
