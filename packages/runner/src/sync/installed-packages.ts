import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { isBelow } from './package-resolution.ts'

/** Names of the packages that can be imported somewhere in a workspace, as far as its package manager has put them in the usual places. */
export function listInstalledPackages(root: string): string[] {
  const names = new Set<string>()
  const looked = new Set<string>()
  look(join(root, 'node_modules'))
  look(join(root, 'node_modules/.pnpm/node_modules'))
  return [...names].toSorted()

  function look(folder: string): void {
    if (looked.has(folder)) return
    looked.add(folder)
    for (const entry of list(folder)) {
      if (entry.startsWith('.')) continue
      if (!entry.startsWith('@')) add(folder, entry)
      else for (const inner of list(join(folder, entry))) add(folder, `${entry}/${inner}`)
    }
  }

  /** What workspaces have for themselves is found by the links to them. */
  function add(folder: string, name: string): void {
    names.add(name)
    const workspace = workspaceAt(join(folder, name))
    if (workspace !== undefined) look(join(workspace, 'node_modules'))
  }

  function workspaceAt(path: string): string | undefined {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined
    try {
      const real = realpathSync(path)
      return isBelow(root, real) && !real.includes(`${sep}node_modules${sep}`) ? real : undefined
    } catch {
      return undefined // a link to nothing
    }
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
