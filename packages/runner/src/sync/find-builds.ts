import { relative, sep } from 'node:path'
import { fitsPlatform, namesAnother, type PackageManifest, type Platform } from './host-platform.ts'
import type { Build } from './install-builds.ts'
import type { Lockfile } from './lockfile.ts'
import { resolvePackage } from './package-resolution.ts'

/**
 * The builds of a package for a platform, of those that are not installed: by what the lockfile says of them, else by
 * their names. In the version that the package asks for, at the integrity of the lockfile.
 */
export function findBuilds(
  folder: string,
  { optionalDependencies = {} }: PackageManifest,
  { root, platform, lockfile }: { root: string; platform: Platform; lockfile: Lockfile },
): Build[] {
  const from = relative(root, folder).split(sep).join('/')
  return Object.entries(optionalDependencies).flatMap(([name, wanted]): Build[] => {
    if (resolvePackage(name, folder, root)) return [] // for another machine, or it would not be asked for
    const locked = lockfile.find(name, wanted, from)
    const isKnown = locked?.os !== undefined || locked?.cpu !== undefined
    if (isKnown ? !fitsPlatform(locked, platform) : namesAnother(name, platform)) return []
    const { version = wanted, integrity } = locked ?? {}
    return [{ name, version, ...(integrity !== undefined && { integrity }) }]
  })
}
