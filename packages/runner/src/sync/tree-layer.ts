import { toTree, type SourceTree } from './source-tree.ts'

/** A layer is sent whole with each change, and looked into before what is below it: it has at most that part of a tree. */
export const MAX_SHARE: number = 1 / 16

/**
 * The tree of all that is new in a tree, or other than in a base: above that base it shows the same. So what a change costs
 * goes by the change. Nothing where something of the base is gone, which a layer cannot say, or too much has changed.
 */
export function toLayer(tree: SourceTree, base: readonly string[]): SourceTree | undefined {
  const { gone, come } = compare(base, tree.lines)
  if (come.length > tree.lines.length * MAX_SHARE) return undefined
  const paths = new Set(come.map(pathOf))
  if (!gone.every((line) => paths.has(pathOf(line)))) return undefined
  const units = tree.units
    .map(({ name, files }) => ({ name, files: files.filter(({ path }) => paths.has(path)) }))
    .filter(({ files }) => files.length > 0)
  const links = tree.links.filter(({ path }) => paths.has(path))
  return toTree(units, links)
}

/** Lines that are in one of two sorted lists only. */
function compare(before: readonly string[], now: readonly string[]): { gone: string[]; come: string[] } {
  const gone: string[] = []
  const come: string[] = []
  let at = 0
  for (const line of now) {
    for (; at < before.length && before[at]! < line; at += 1) gone.push(before[at]!)
    if (before[at] === line) at += 1
    else come.push(line)
  }
  return { gone: [...gone, ...before.slice(at)], come }
}

/** Lines begin with the path, in JSON. */
function pathOf(line: string): string {
  return JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(line)![0]) as string
}
