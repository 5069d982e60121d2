import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Uses } from './store-uses.ts'

export interface PruneOptions {
  /** what was not wanted for that long goes (ms) */
  unusedForMs: number
  /** hashes of trees that views show now */
  inUse?: Iterable<string>
}

interface Places {
  packs: string
  trees: string
  uses: Uses
}

/** Removes packs and trees that nobody wanted for a while: out of sight at once, then from the disk. */
export async function prune({ packs, trees, uses }: Places, { unusedForMs, inUse = [] }: PruneOptions): Promise<void> {
  const kept = new Set(inUse)
  for (const parent of [trees, packs]) {
    for (const hash of readdirSync(parent)) {
      if (hash.startsWith('tmp-') || kept.has(hash) || uses.age(hash) < unusedForMs) continue
      if (parent === packs && isPartOfTree(join(packs, hash))) continue
      const aside = join(parent, `tmp-${process.pid}-${randomUUID()}`)
      renameSync(join(parent, hash), aside)
      uses.forget(hash)
      await rm(aside, { recursive: true, force: true })
    }
  }
  for (const hash of uses.all()) {
    if (!existsSync(join(packs, hash)) && !existsSync(join(trees, hash))) uses.forget(hash)
  }
}

/** Nobody asks for packs while the tree made of them is as it should be; and they take no room besides it. */
function isPartOfTree(pack: string): boolean {
  return readdirSync(pack).some((name) => lstatSync(join(pack, name)).nlink > 1)
}
