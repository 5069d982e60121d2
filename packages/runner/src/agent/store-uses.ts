import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** When each pack and tree was last wanted. Kept beside them: a tree must not change at all while a view shows it. */
export interface Uses {
  note(hash: string): void
  /** ms ago, `Infinity` when nobody ever noted one */
  age(hash: string): number
  forget(hash: string): void
  all(): string[]
}

export function createUses(folder: string): Uses {
  mkdirSync(folder, { recursive: true })
  return {
    note(hash) {
      const now = new Date()
      try {
        utimesSync(join(folder, hash), now, now)
      } catch {
        try {
          closeSync(openSync(join(folder, hash), 'a'))
        } catch {
          // a full disk: then it is forgotten early and sent again
        }
      }
    },
    age(hash) {
      const stats = statSync(join(folder, hash), { throwIfNoEntry: false })
      return stats ? Date.now() - stats.mtimeMs : Number.POSITIVE_INFINITY
    },
    forget: (hash) => rmSync(join(folder, hash), { force: true }),
    all: () => readdirSync(folder),
  }
}
