import { contentName } from '../wire/pack.ts'
import type { TreeEntry, TreeManifest } from '../wire/protocol.ts'
import { hashTree } from '../wire/tree.ts'
import { groupPacks, type Pack, type Unit } from './group-packs.ts'

/** A tree as a host builds it, and the packs it is built of. */
export interface SourceTree {
  manifest: TreeManifest
  packs: Pack[]
}

export function toTree(units: readonly Unit[], links: readonly { path: string; link: string }[]): SourceTree {
  const packs = groupPacks(units)
  const packOf = new Map(packs.flatMap(({ hash, contents }) => contents.map((content) => [contentName(content), hash])))
  const files = units
    .flatMap((unit) => unit.files)
    .map(({ path, mode, size, hash }): TreeEntry => {
      const content = { mode, size, hash }
      return { path, ...content, pack: packOf.get(contentName(content))! }
    })
  const entries = [...files, ...links.map(({ path, link }) => ({ path, link }))]
  return { manifest: { hash: hashTree(entries), entries }, packs }
}
