import type { BaseTrees } from './base-trees.ts'
import type { SourceTree } from './source-tree.ts'
import { toLayer } from './tree-layer.ts'

/** A tree, and how it may get to a host: whole, or as a layer above a tree of the same kind that the host was given before. */
export interface TreeWays {
  kind: string
  whole: SourceTree
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
  return { kind, whole, isBase, ...(base && layer && { layered: { layer, base: base.hash } }) }
}

/** The trees that a host shows which is as the last one was. */
export function expectedTrees({ whole, layered }: TreeWays): string[] {
  return layered ? [layered.layer.hash, layered.base] : [whole.hash]
}

/** What to ask a host for before `chooseWay`. */
export function namesOf(ways: TreeWays): string[] {
  const packs = ways.layered?.layer.pack().packs.map(({ hash }) => hash) ?? []
  return [...expectedTrees(ways), ways.whole.hash, ...packs]
}

export function chooseWay(ways: TreeWays, isMissing: (hash: string) => boolean): ChosenWay {
  const { whole, layered } = ways
  const trees = expectedTrees(ways)
  if (!trees.some(isMissing)) return { trees }
  if (!isMissing(whole.hash)) return { trees: [whole.hash] }
  if (layered && !isMissing(layered.base)) return { trees, lacking: layered.layer }
  return { trees: [whole.hash], lacking: whole }
}
