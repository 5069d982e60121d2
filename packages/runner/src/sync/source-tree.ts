import { contentName } from '../wire/pack.ts'
import type { TreeEntry, TreeManifest } from '../wire/protocol.ts'
import { describeTree, hashLines } from '../wire/tree.ts'
import { groupPacks, type Pack, type Unit } from './group-packs.ts'

/** A tree as it lies here. */
export interface SourceTree {
  hash: string
  /** what is in it: see `describeTree` */
  lines: readonly string[]
  units: readonly Unit[]
  links: readonly Link[]
  /** cuts it into packs, once and only when asked: most hosts have it already */
  pack(): PackedTree
}

export interface Link {
  path: string
  link: string
}

/** A tree as a host builds it, and the packs it is built of. */
export interface PackedTree {
  manifest: TreeManifest
  packs: Pack[]
}

export function toTree(units: readonly Unit[], links: readonly Link[]): SourceTree {
  const lines = describeTree([...units.flatMap(({ files }) => files), ...links])
  const hash = hashLines(lines)
  let packed: PackedTree | undefined
  return { hash, lines, units, links, pack: () => (packed ??= packTree(hash, units, links)) }
}

function packTree(hash: string, units: readonly Unit[], links: readonly Link[]): PackedTree {
  const packs = groupPacks(units)
  const packOf = new Map(packs.flatMap((pack) => pack.contents.map((content) => [contentName(content), pack.hash])))
  const files = units
    .flatMap((unit) => unit.files)
    .map(({ path, mode, size, hash }): TreeEntry => {
      const content = { mode, size, hash }
      return { path, ...content, pack: packOf.get(contentName(content))! }
    })
  const entries = [...files, ...links.map(({ path, link }) => ({ path, link }))]
  return { manifest: { hash, entries }, packs }
}
