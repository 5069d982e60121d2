import { existsSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import picomatch from 'picomatch'
import { listByGit } from './git-files.ts'
import type { PackageManifest } from './host-platform.ts'
import { readManifest } from './package-manifest.ts'
import { resolvePackage } from './package-resolution.ts'
import { listByWalking } from './walked-files.ts'

/**
 * The packages that the manifests of a workspace ask for, for its users and for its development, where they are
 * installed: what a program needs of which nobody knows yet what it will load. Left out is what no program can import,
 * and what `exclude` (globs relative to the root, `node_modules/NAME`) names. As `SyncRequest` takes them.
 */
export async function findDeclaredPackages(root: string, exclude: readonly string[] = []): Promise<string[]> {
  const files = (await listByGit(root)) ?? (await listByWalking(root))
  const isExcluded = exclude.length > 0 ? picomatch([...exclude], { dot: true }) : () => false
  const found = new Set<string>()
  for (const path of files) {
    if (posix.basename(path) !== 'package.json') continue
    const folder = join(root, dirname(path))
    for (const name of namesOf(readManifest(folder))) add(name, folder)
  }
  // Vitest's own packages come with what a worker needs of Vite; this one is to be all of it.
  const vitest = resolvePackage('vitest', root, root)
  if (vitest) add('vite', vitest.folder)
  return [...found]

  function add(name: string, from: string): void {
    const installed = resolvePackage(name, from, root)
    if (!installed || isExcluded(relative(root, installed.at).split(sep).join('/'))) return
    if (!isOnlyCommand(installed.folder)) found.add(join(installed.at, 'package.json'))
  }
}

/** A workspace that others link to is a package as well. */
function namesOf(manifest: PackageManifest = {}): string[] {
  const { name, dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies })
  return [...names, ...(name === undefined ? [] : [name])].filter((one) => !one.startsWith('@types/'))
}

/** Some packages are commands and nothing else: Node's own binaries, for one. */
function isOnlyCommand(folder: string): boolean {
  const { bin, exports, module, main = 'index.js' } = (readManifest(folder) ?? {}) as Entries
  const isImportable = exports !== undefined || module !== undefined || existsSync(join(folder, main))
  return bin !== undefined && !isImportable && !existsSync(join(folder, `${main}.js`))
}

interface Entries {
  bin?: unknown
  exports?: unknown
  module?: unknown
  main?: string
}
