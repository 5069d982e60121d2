import { setImmediate as breathe } from 'node:timers/promises'
import { hashFiles } from './file-hash.ts'
import { lookAgain } from './looks.ts'
import type { Scan, ScannedTree } from './scans.ts'
import type { SourceFile } from './source.ts'
import { toTree } from './source-tree.ts'
import { MAX_SHARE } from './tree-layer.ts'
import type { TreeWays } from './tree-ways.ts'

/** Files whose content may be another than in a scan. */
export interface Changes {
  workspace: SourceFile[]
  packages: SourceFile[]
}

export interface RecallOptions {
  root: string
  maxBytes: number
}

/** Files between two turns of others: tests run here meanwhile. */
const BATCH = 4000

/** Looks at all that a scan saw. Nothing when more has changed than what is in some of the files: then a plan has to be made anew. */
export async function findChanges(scan: Scan, { root, maxBytes }: RecallOptions): Promise<Changes | undefined> {
  const { workspace, packages } = scan
  for (const { watched } of [workspace, packages])
    for (const [index, path] of watched.paths.entries()) if (!lookAgain(watched, index, path).isSame) return undefined
  const changes = { workspace: await changesOf(workspace), packages: await changesOf(packages) }
  if (!changes.workspace || !changes.packages || changes.workspace.bytes > maxBytes) return undefined
  return { workspace: changes.workspace.files, packages: changes.packages.files }

  async function changesOf({ files: { paths }, files }: ScannedTree) {
    const changed: SourceFile[] = []
    let bytes = 0
    for (const [index, path] of paths.entries()) {
      if (index % BATCH === 0) await breathe()
      const { stats, isSame } = lookAgain(files, index, `${root}/${path}`)
      if (!stats?.isFile()) return undefined
      bytes += stats.size
      if (!isSame) changed.push({ path, stats })
    }
    return { files: changed, bytes }
  }
}

/**
 * What a plan would come to, had it been made, but for the hash of a whole tree in which something changed. Nothing when
 * a changed file is not to travel, or too many are for a layer.
 */
export async function recall(
  { workspace, packages }: Scan,
  changes: Changes,
  { root }: RecallOptions,
): Promise<{ workspace: TreeWays; packages: TreeWays } | undefined> {
  const ways = {
    workspace: await waysOf(workspace, changes.workspace, true),
    packages: await waysOf(packages, changes.packages, false),
  }
  return ways.workspace && ways.packages ? { workspace: ways.workspace, packages: ways.packages } : undefined

  async function waysOf(
    { kind, hash, base, layer, files }: ScannedTree,
    changed: readonly SourceFile[],
    mayHoldKeys: boolean,
  ): Promise<TreeWays | undefined> {
    if (changed.length > files.paths.length * MAX_SHARE) return undefined
    const hashed = await hashFiles(changed, { root, mayHoldKeys, onLeftOut: () => {} })
    if (hashed.length < changed.length) return undefined
    const known = changed.length === 0 ? { hash } : {}
    if (!layer && hashed.length === 0) return { kind, ...known, isBase: true }
    const paths = new Set(hashed.map(({ path }) => path))
    const all = [...(layer?.files ?? []).filter(({ path }) => !paths.has(path)), ...hashed]
    const tree = toTree(
      all.map((file) => ({ name: file.path, files: [file] })),
      layer?.links ?? [],
    )
    return { kind, ...known, layered: { layer: tree, base }, isBase: true }
  }
}
