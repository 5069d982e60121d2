import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, type Dirent } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { PackageFolder } from './package-closure.ts'
import { isBelow, packageFolderOf } from './package-resolution.ts'
import { readLink } from './source-link.ts'
import { toLook, type Source, type SourceFile } from './source.ts'

/** A script that starts a command is shorter. */
const MAX_SCRIPT_BYTES = 16 << 10

export interface LinkOptions {
  root: string
  /** folders of the workspace that have a `package.json`, relative to the root */
  workspaces: readonly string[]
  packages: readonly PackageFolder[]
}

/**
 * The links in `node_modules` folders that lead to packages that travel, or to the workspace: those that npm and yarn
 * make for workspaces, all that pnpm is made of, and the commands in `.bin`, which with pnpm are small scripts.
 */
export function findPackageLinks({ root, workspaces, packages }: LinkOptions): Source[] {
  const links = new Map<string, string>()
  const commands: SourceFile[] = []
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
  return [...[...links].map(([path, link]) => ({ path, link })), ...commands]

  function look(folder: string): void {
    for (const entry of list(folder)) {
      const at = join(folder, entry.name)
      if (entry.isSymbolicLink()) add(at)
      else if (entry.isFile() && basename(folder) === '.bin') addCommand(at)
      else if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin')) look(at)
    }
  }

  function addCommand(at: string): void {
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (!stats?.isFile() || stats.size > MAX_SCRIPT_BYTES) return
    const [, program] = /"\$basedir\/([^"]+\.[cm]?js)"/.exec(readFileSync(at, 'utf8')) ?? []
    if (program === undefined || !leadsThere(join(dirname(at), program))) return
    commands.push({ path: relative(root, at).split(sep).join('/'), stats: toLook(stats) })
  }

  /** To a package that travels, or to the workspace. */
  function leadsThere(at: string): boolean {
    const target = realTarget(at)
    if (target === undefined || !isBelow(root, target)) return false
    const owner = packageFolderOf(target)
    return owner === undefined || travelling.has(owner)
  }

  function add(at: string): void {
    if (!leadsThere(at)) return
    const path = relative(root, at).split(sep).join('/')
    const link = readLink(root, path)
    if (link !== undefined) links.set(path, link)
  }
}

function list(folder: string): Dirent[] {
  if (!existsSync(folder)) return [] // most packages have no folder of their own packages, and an error costs more
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
