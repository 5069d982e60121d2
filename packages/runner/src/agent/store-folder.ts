import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from './is-running.ts'

/** A process of another machine or container may have the same number: what is that old is nobody's work any more. */
const LEFTOVER_MS = 24 * 3600_000

/** Gives a finished folder its name. When somebody else was faster, theirs is as good. */
export function keepFolder(made: string, path: string): void {
  try {
    renameSync(made, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    rmSync(made, { recursive: true, force: true })
  }
}

/** Removes what processes that are dead had begun. */
export function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^tmp-(\d+)-/.exec(name) ?? []
    const path = join(parent, name)
    if (pid && (!isRunning(Number(pid)) || isOld(path))) rmSync(path, { recursive: true, force: true })
  }
}

function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > LEFTOVER_MS
}
