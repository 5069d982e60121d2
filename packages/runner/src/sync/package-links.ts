import { readdirSync, realpathSync, type Dirent } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { PackageFolder } from './package-closure.ts'
import { isBelow, packageFolderOf } from './package-resolution.ts'
import { readLink } from './source-link.ts'
import type { Source } from './source.ts'

export interface LinkOptions {
  root: string
  /** folders of the workspace that have a `package.json`, relative to the root */
  workspaces: readonly string[]
  packages: readonly PackageFolder[]
}

/**
 * The links in `node_modules` folders that lead to packages that travel, or to the workspace: those that npm and yarn
 * make for workspaces, all that pnpm is made of, and the commands in `.bin`.
 */
export function findPackageLinks({ root, workspaces, packages }: LinkOptions): Source[] {
  const links = new Map<string, string>()
  const travelling = new Set(packages.map(({ folder }) => folder))
  const folders = new Set(workspaces.map((folder) => join(root, folder, 'node_modules')))
  folders.add(join(root, 'node_modules')).add(join(root, 'node_modules/.pnpm/node_modules'))
  // Beside every package: pnpm's dependencies of it; below it: what is installed for it alone.
  for (const folder of travelling) {
    folders.add(join(folder, 'node_modules'))
    const beside = folder.slice(0, folder.lastIndexOf(`${sep}node_modules${sep}`) + `${sep}node_modules`.length)
    if (folder.includes(`${sep}node_modules${sep}`)) folders.add(beside)
  }
  for (const folder of folders) look(folder)
  return [...links].map(([path, link]) => ({ path, link }))

  function look(folder: string): void {
    for (const entry of list(folder)) {
      const at = join(folder, entry.name)
      if (entry.isSymbolicLink()) add(at)
      else if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin')) look(at)
    }
  }

  function add(at: string): void {
    const target = realTarget(at)
    if (target === undefined || !isBelow(root, target)) return
    const owner = packageFolderOf(target)
    if (owner !== undefined && !travelling.has(owner)) return
    const path = relative(root, at).split(sep).join('/')
    const link = readLink(root, path)
    if (link !== undefined) links.set(path, link)
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function realTarget(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
