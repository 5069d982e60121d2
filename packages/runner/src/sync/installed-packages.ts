import { readdirSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

/** `packages/group/name` is as deep as workspaces lie. */
const MAX_DEPTH = 3

/** Names of the packages that can be imported somewhere in a workspace, as far as its package manager has put them in the usual places. */
export function listInstalledPackages(root: string): string[] {
  const names = new Set<string>()
  lookIn(join(root, 'node_modules/.pnpm/node_modules'))
  walk(root, 0)
  return [...names].toSorted()

  /** Packages that a workspace has for itself are not to be seen from the root. */
  function walk(folder: string, depth: number): void {
    for (const entry of list(folder)) {
      if (entry.name === 'node_modules') lookIn(join(folder, entry.name))
      else if (entry.isDirectory() && !entry.name.startsWith('.') && depth < MAX_DEPTH)
        walk(join(folder, entry.name), depth + 1)
    }
  }

  function lookIn(folder: string): void {
    for (const { name } of list(folder)) {
      if (name.startsWith('.')) continue
      if (!name.startsWith('@')) names.add(name)
      else for (const inner of list(join(folder, name))) names.add(`${name}/${inner.name}`)
    }
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
