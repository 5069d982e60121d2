import { existsSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { findBuilds } from './find-builds.ts'
import { fitsPlatform, showPlatform, type Platform } from './host-platform.ts'
import { readLockfile } from './lockfile.ts'
import { installBuilds, type Build } from './install-builds.ts'
import { closePackages, type BuildlessPackage } from './package-closure.ts'
import { findPackageFiles } from './package-files.ts'
import { readManifest } from './package-manifest.ts'
import { isSourceFile, type Found, type Source } from './source.ts'
import type { Stages } from './stages.ts'

export interface StageOptions {
  /** the workspace; nothing is written there */
  root: string
  platform: Platform
  onNotice: (sentence: string) => void
}

/** A package that is not installed here, with its files at the places where hosts are to have them. */
export interface StagedPackage {
  name: string
  found: Found
}

/** Gets the builds that hosts need and this machine does not. */
export interface BuildStage {
  /** @throws Ec2Error `EC2_SYNC` when they cannot be fetched, with what npm said */
  stage(packages: readonly BuildlessPackage[], options: StageOptions): Promise<StagedPackage[]>
}

export function createBuildStage(stages: Stages): BuildStage {
  return {
    async stage(packages, options) {
      const { root, platform, onNotice } = options
      const lockfile = packages.length > 0 && readLockfile(root)
      if (!lockfile) return []
      const wanted = packages.map(({ folder, manifest }) => {
        const builds = findBuilds(folder, manifest, { root, platform, lockfile })
        return { folder, name: manifest.name ?? folder, builds, stage: stages.nameOf([platform, builds]) }
      })
      const missing = wanted.filter(({ builds, stage }) => builds.length > 0 && !existsSync(stage))
      if (missing.length > 0) {
        const names = namesOf(missing)
        onNotice(
          `Fetching ${names.length} ${names.length === 1 ? 'build' : 'builds'} for ${showPlatform(platform)}: ${names.join(', ')}`,
        )
        const fetched = await Promise.allSettled(
          missing.map(({ stage, builds }) =>
            stages.make(stage, (folder) => installBuilds(folder, builds, { project: root, platform })),
          ),
        )
        const failed = missing.filter((_, at) => fetched[at]?.status === 'rejected')
        const cause = fetched.find((one) => one.status === 'rejected')?.reason as Error | undefined
        if (cause) throw notFetched(namesOf(failed), platform, cause)
      }
      const staged: StagedPackage[] = []
      for (const { folder, name, builds, stage } of wanted) {
        const placed = builds.length === 0 ? [] : place(stage, builds, folder, options)
        if (placed.length === 0) onNotice(`${name} has no build for ${showPlatform(platform)}: hosts do without`)
        staged.push(...placed)
        if (builds.length > 0) await stages.touch(stage)
      }
      return staged
    },
  }
}

/** The builds and what they need, below the package that asks for them: there Node looks first, and nothing else is in the way. */
function place(
  stage: string,
  builds: readonly Build[],
  folder: string,
  { root, platform }: StageOptions,
): StagedPackage[] {
  const requested = builds.flatMap(({ name }) => {
    const manifest = readManifest(join(stage, 'node_modules', name))
    const isBuild = manifest?.os !== undefined || manifest?.cpu !== undefined
    return isBuild && fitsPlatform(manifest, platform) ? [name] : []
  })
  const parent = relative(root, folder).split(sep).join('/')
  return closePackages({ root: stage, requested, platform }).packages.map((each) => {
    const { sources, ...found } = findPackageFiles(each, stage, platform)
    const move = (source: Source): Source => ({
      ...source,
      path: posix.join(parent, source.path),
      ...(isSourceFile(source) && { file: join(stage, source.path) }),
    })
    return { name: each.manifest.name ?? each.folder, found: { ...found, sources: sources.map(move) } }
  })
}

function notFetched(names: readonly string[], platform: Platform, cause: Error): Ec2Error {
  const { os, cpu, libc } = platform
  return new Ec2Error(
    'EC2_SYNC',
    `Hosts run ${showPlatform(platform)} with ${libc}, and builds for it are not installed here and could not be fetched: ${names.join(', ')} (${cause.message})`,
    {
      fix: `Make npm reach its registry, or install them beside yours, by \`npm install --os=${os} --cpu=${cpu} --libc=${libc}\` or the \`supportedArchitectures\` of pnpm and Yarn.`,
      data: { packages: names },
      cause,
    },
  )
}

function namesOf(wanted: readonly { builds: readonly Build[] }[]): string[] {
  return wanted.flatMap(({ builds }) => builds.map(({ name, version }) => `${name}@${version}`)).toSorted()
}
