import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { removeOld } from './remove-old.ts'

/** Folders of the cache with what was installed for hosts, each there as a whole or not at all. */
export interface Stages {
  /** @param content all that decides what is in it, as JSON */
  nameOf(content: unknown): string
  /** @throws what `fill` throws, for a while without trying again */
  make(stage: string, fill: (folder: string) => Promise<void>): Promise<void>
  /** keeps it from being removed as unused */
  touch(stage: string): Promise<void>
}

/** What no run has used for so long is removed. */
const UNUSED_MS = 30 * 24 * 3600_000
/** For so long a failure stands: every file of a run would wait for the same network. */
const STANDS_MS = 60_000

export function openStages(cacheDir: string): Stages {
  const home = join(cacheDir, 'builds')
  const failures = new Map<string, { error: unknown; at: number }>()
  return {
    nameOf(content) {
      return join(home, createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24))
    },
    async make(stage, fill) {
      const before = failures.get(stage)
      if (before && Date.now() - before.at < STANDS_MS) throw before.error
      await removeOld(home, UNUSED_MS)
      const part = join(home, `.part-${randomUUID()}`)
      try {
        await mkdir(part, { recursive: true })
        await fill(part)
        await rename(part, stage)
      } catch (error) {
        if (existsSync(stage)) return // another process was faster
        failures.set(stage, { error, at: Date.now() })
        throw error
      } finally {
        await rm(part, { recursive: true, force: true })
      }
    },
    async touch(stage) {
      await utimes(stage, new Date(), new Date())
    },
  }
}
