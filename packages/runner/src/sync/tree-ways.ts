import type { BaseTrees } from './base-trees.ts'
import type { SourceTree } from './source-tree.ts'
import { toLayer } from './tree-layer.ts'

/** A tree, and how it may get to a host: whole, or as a layer above a tree of the same kind that the host was given before. */
export interface TreeWays {
  kind: string
  /** of all of it; not known where only what changed was looked at */
  hash?: string
  /** all of it, where it was planned */
  whole?: SourceTree
  layered?: { layer: SourceTree; base: string }
  /** hosts that lack it are not the reason to remember it again */
  isBase: boolean
}

/** What a host gets of a tree: hashes, topmost first, and of these the one that has to be built there. */
export interface ChosenWay {
  trees: string[]
  lacking?: SourceTree
}

export async function findWays(kind: string, whole: SourceTree, bases: BaseTrees): Promise<TreeWays> {
  const base = await bases.get(kind)
  const isBase = base?.hash === whole.hash
  const lines = isBase ? undefined : await base?.lines()
  const layer = lines && toLayer(whole, lines)
  return { kind, hash: whole.hash, whole, isBase, ...(base && layer && { layered: { layer, base: base.hash } }) }
}

/** The trees that a host shows which is as the last one was. */
export function expectedTrees({ hash, layered }: TreeWays): string[] {
  return layered ? [layered.layer.hash, layered.base] : nameOf(hash)
}

/** What to ask a host for before `chooseWay`. */
export function namesOf(ways: TreeWays): string[] {
  const packs = ways.layered?.layer.pack().packs.map(({ hash }) => hash) ?? []
  return [...expectedTrees(ways), ...nameOf(ways.hash), ...packs]
}

/** Nothing when a host needs all of a tree that was not planned as a whole. */
export function chooseWay(ways: TreeWays, isMissing: (hash: string) => boolean): ChosenWay | undefined {
  const { hash, whole, layered } = ways
  const trees = expectedTrees(ways)
  if (!trees.some(isMissing)) return { trees }
  if (hash !== undefined && !isMissing(hash)) return { trees: [hash] }
  if (layered && !isMissing(layered.base)) return { trees, lacking: layered.layer }
  return whole && { trees: [whole.hash], lacking: whole }
}

function nameOf(hash: string | undefined): string[] {
  return hash === undefined ? [] : [hash]
}
