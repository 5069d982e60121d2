import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'

/** What is known of folders while one question is answered: where each lies once links are followed, or nothing. */
export type RealFolders = Map<string, string | undefined>

/**
 * Where Node finds a package that is asked for in a folder: the first `node_modules/NAME` on the way up to the root.
 * `at` is that path, `folder` what it is after following links.
 */
export function resolvePackage(
  name: string,
  from: string,
  root: string,
  folders: RealFolders = new Map(),
): { at: string; folder: string } | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (basename(folder) !== 'node_modules') {
      const at = join(folder, 'node_modules', name)
      const real = realFolder(at, folders)
      if (real !== undefined) return { at, folder: real }
    }
    if (folder === root || folder === dirname(folder)) return undefined
  }
}

/** The package that a module file belongs to: the folder behind the last `node_modules`. */
export function packageFolderOf(file: string): string | undefined {
  const steps = file.split(sep)
  const last = steps.lastIndexOf('node_modules')
  const name = steps[last + 1]
  if (last === -1 || name === undefined || name.startsWith('.')) return undefined
  return steps.slice(0, last + (name.startsWith('@') ? 3 : 2)).join(sep)
}

/** The folder of what Vite made of dependencies beforehand (`deps.optimizer`), for a file of it: it is loaded like a package. */
export function optimizedFolderOf(file: string): string | undefined {
  const folder = dirname(file)
  return existsSync(join(folder, '_metadata.json')) ? folder : undefined
}

/** True when a path is the root or lies below it. */
export function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
}

function realFolder(path: string, folders: RealFolders): string | undefined {
  if (!folders.has(path)) folders.set(path, lookUp(path, folders))
  return folders.get(path)
}

function lookUp(path: string, folders: RealFolders): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return undefined
  try {
    if (stats.isSymbolicLink()) return realpathSync(path)
  } catch {
    return undefined // a link to nothing
  }
  // A look at each folder above it, once for all that are in there.
  const above = dirname(path)
  const parent = above === path ? path : realFolder(above, folders)
  return parent === undefined ? undefined : join(parent, basename(path))
}
