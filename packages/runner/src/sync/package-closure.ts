import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { fitsPlatform, type PackageManifest, type Platform } from './host-platform.ts'
import { dependenciesOf, readManifest } from './package-manifest.ts'
import { packageFilter } from './package-patterns.ts'
import { isBelow, optimizedFolderOf, packageFolderOf, resolvePackage, type RealFolders } from './package-resolution.ts'
import { isVitest, moduleRunnerOf } from './vitest-runtime.ts'

/** An installed package (or a workspace that one depends on) that hosts need. */
export interface PackageFolder {
  /** absolute, links followed */
  folder: string
  manifest: PackageManifest
  /** only these files of it, relative to `folder` */
  only: readonly string[] | undefined
}

/** A package that has builds for several platforms, of which only those for other ones are installed. */
export interface BuildlessPackage {
  folder: string
  manifest: PackageManifest
}

export interface Closure {
  packages: PackageFolder[]
  buildless: BuildlessPackage[]
}

export interface ClosureOptions {
  root: string
  /** absolute module files, or names of packages as they are resolved from the root */
  requested: readonly string[]
  platform: Platform
  /** globs relative to the root, of which those count that mean packages: see `isPackagePattern` */
  exclude?: readonly string[]
}

/**
 * The packages of module files and all that these may load: dependencies, optional ones and peers, each where Node's
 * resolution finds it, below whatever `node_modules` and links the package manager made.
 * @throws Ec2Error `EC2_SYNC` when one lies outside the workspace
 */
export function closePackages({ root, requested, platform, exclude = [] }: ClosureOptions): Closure {
  const found = new Map<string, PackageFolder>()
  const queue: PackageFolder[] = []
  const buildless: BuildlessPackage[] = []
  const isExcluded = packageFilter(root, exclude)
  const folders: RealFolders = new Map()

  for (const request of requested) {
    if (request.startsWith('node:')) continue
    const folder = findRequested(request, root, folders)
    if (folder !== undefined && !isExcluded(folder)) add(folder)
  }
  for (let next = queue.pop(); next; next = queue.pop()) addDependencies(next)
  return { packages: [...found.values()].toSorted((a, b) => (a.folder < b.folder ? -1 : 1)), buildless }

  function add(folder: string, only?: readonly string[]): void {
    const known = found.get(folder)
    if (known && (known.only === undefined || only !== undefined)) return
    const manifest = known?.manifest ?? readManifest(folder)
    if (!manifest) return
    if (!isBelow(root, folder)) throw outside(manifest.name ?? folder, folder, root)
    const entry = { folder, manifest, only }
    found.set(folder, entry)
    if (only === undefined) queue.push(entry)
  }

  function addDependencies({ folder, manifest }: PackageFolder): void {
    let misfits = 0
    let fits = 0
    for (const { name, isOptional } of dependenciesOf(manifest)) {
      if (isVitest(manifest) && isOptional) continue
      const resolved = resolvePackage(name, folder, root, folders)
      const dependency = resolved && readManifest(resolved.folder)
      if (!resolved || !dependency || isExcluded(resolved.at)) continue // the worker misses it as it would here
      if (!fitsPlatform(dependency, platform)) {
        misfits += 1
        continue
      }
      if (dependency.os ?? dependency.cpu) fits += 1
      const isRunnerEnough = name === 'vite' && isVitest(manifest)
      add(resolved.folder, isRunnerEnough ? moduleRunnerOf(resolved.folder, dependency) : undefined)
    }
    // One that fits may be installed beside those of this machine. Where there is but one, it is no build among others:
    // macOS alone has `fsevents`, and everybody does without.
    const builds = Object.keys(manifest.optionalDependencies ?? {}).length
    if (misfits > 0 && fits === 0 && builds !== 1) buildless.push({ folder, manifest })
  }
}

function findRequested(request: string, root: string, folders: RealFolders): string | undefined {
  if (!request.startsWith('/') && !/^[a-zA-Z]:[\\/]/.test(request))
    return resolvePackage(nameOf(request), root, root, folders)?.folder
  if (/[\\/]\.yarn[\\/].*\.zip[\\/]/.test(request)) throw plugAndPlay(root)
  const folder = packageFolderOf(request) ?? optimizedFolderOf(request)
  if (folder === undefined) return undefined // a file of the workspace
  try {
    return realpathSync(folder)
  } catch {
    return undefined
  }
}

/** `@scope/name/sub` -> `@scope/name` */
function nameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function plugAndPlay(root: string): Ec2Error {
  return new Ec2Error('EC2_SYNC', `The packages of ${root} are installed by Yarn Plug'n'Play, which cannot travel`, {
    fix: 'Set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`.',
  })
}

function outside(name: string, folder: string, root: string): Ec2Error {
  return new Ec2Error(
    'EC2_SYNC',
    `The package ${name} lies at ${folder}, outside the workspace ${root}, and cannot travel`,
    {
      fix: `Install it below ${join(root, 'node_modules')} instead of linking to it.`,
      data: { name, folder },
    },
  )
}
