import { packLooks } from './looks.ts'
import type { Planned, PlannedTree } from './plan.ts'
import type { Scan, ScannedTree } from './scans.ts'
import { isSourceFile } from './source.ts'
import type { ChosenWay, TreeWays } from './tree-ways.ts'

/** A plan that was made anew, with what it was made of. */
export interface Seen {
  /** all options */
  question: string
  fingerprint: string
  planned: Planned
  /** when the disk was looked at */
  at: number
}

interface Both<T> {
  workspace: T
  packages: T
}

/** What later runs need to know instead of making the same plan. */
export function toScan(ways: Both<TreeWays>, { fingerprint, planned, at }: Seen, chosen: Both<ChosenWay>): Scan {
  return {
    fingerprint,
    notices: planned.notices,
    workspace: scanTree(planned.workspace, ways.workspace, chosen.workspace),
    packages: scanTree(planned.packages, ways.packages, chosen.packages),
  }

  function scanTree({ tree, sources, watched }: PlannedTree, { kind, layered }: TreeWays, way: ChosenWay): ScannedTree {
    const isLayered = layered !== undefined && way.trees.includes(layered.base)
    const { units = [], links = [] } = isLayered ? layered.layer : {}
    return {
      kind,
      hash: tree.hash,
      base: isLayered ? layered.base : tree.hash,
      layer: isLayered ? { files: units.flatMap(({ files }) => files), links: [...links] } : undefined,
      files: packLooks(sources.filter(isSourceFile), at),
      watched: packLooks(watched, at),
    }
  }
}
