import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, utimes } from 'node:fs/promises'
import { join, posix, relative, sep } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { findBuilds } from './find-builds.ts'
import { fitsPlatform, type Platform } from './host-platform.ts'
import { readLockfile } from './lockfile.ts'
import { installBuilds, type Build } from './install-builds.ts'
import { closePackages, type BuildlessPackage } from './package-closure.ts'
import { findPackageFiles } from './package-files.ts'
import { readManifest } from './package-manifest.ts'
import { removeOld } from './remove-old.ts'
import { isSourceFile, type Found, type Source } from './source.ts'

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

/** What no run has used for so long is removed. */
const UNUSED_MS = 30 * 24 * 3600_000
/** For so long a failure stands: every file of a run would wait for the same network. */
const STANDS_MS = 60_000

/** @param cacheDir where builds lie, each package's in a folder of their own that is there as a whole or not at all */
export function createBuildStage(cacheDir: string): BuildStage {
  const home = join(cacheDir, 'builds')
  const failures = new Map<string, { error: unknown; at: number }>()
  return {
    async stage(packages, options) {
      const { root, platform, onNotice } = options
      const lockfile = packages.length > 0 && readLockfile(root)
      if (!lockfile) return []
      const wanted = packages.map(({ folder, manifest }) => {
        const builds = findBuilds(folder, manifest, { root, platform, lockfile })
        return { folder, name: manifest.name ?? folder, builds, stage: join(home, nameStage(builds, platform)) }
      })
      const missing = wanted.filter(({ builds, stage }) => builds.length > 0 && !existsSync(stage))
      if (missing.length > 0) {
        const names = namesOf(missing)
        onNotice(
          `Fetching ${names.length} ${names.length === 1 ? 'build' : 'builds'} for ${show(platform)}: ${names.join(', ')}`,
        )
        await removeOld(home, UNUSED_MS)
        const fetched = await Promise.allSettled(missing.map(({ stage, builds }) => fetchOnce(stage, builds, options)))
        const failed = missing.filter((_, at) => fetched[at]?.status === 'rejected')
        const cause = fetched.find((one) => one.status === 'rejected')?.reason as Error | undefined
        if (cause) throw notFetched(namesOf(failed), platform, cause)
      }
      const staged: StagedPackage[] = []
      for (const { folder, name, builds, stage } of wanted) {
        const placed = builds.length === 0 ? [] : place(stage, builds, folder, options)
        if (placed.length === 0) onNotice(`${name} has no build for ${show(platform)}: hosts do without`)
        staged.push(...placed)
        if (builds.length > 0) await utimes(stage, new Date(), new Date())
      }
      return staged
    },
  }

  async function fetchOnce(stage: string, builds: readonly Build[], options: StageOptions): Promise<void> {
    const before = failures.get(stage)
    if (before && Date.now() - before.at < STANDS_MS) throw before.error
    const part = join(home, `.part-${randomUUID()}`)
    try {
      await mkdir(part, { recursive: true })
      await installBuilds(part, builds, { project: options.root, platform: options.platform })
      await rename(part, stage)
    } catch (error) {
      if (existsSync(stage)) return // another process was faster
      failures.set(stage, { error, at: Date.now() })
      throw error
    } finally {
      await rm(part, { recursive: true, force: true })
    }
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

function nameStage(builds: readonly Build[], platform: Platform): string {
  return createHash('sha256')
    .update(JSON.stringify([platform, builds]))
    .digest('hex')
    .slice(0, 24)
}

function notFetched(names: readonly string[], platform: Platform, cause: Error): Ec2Error {
  const { os, cpu, libc } = platform
  return new Ec2Error(
    'EC2_SYNC',
    `Hosts run ${show(platform)} with ${libc}, and builds for it are not installed here and could not be fetched: ${names.join(', ')} (${cause.message})`,
    {
      fix: `Make npm reach its registry, or install them beside yours, by \`npm install --os=${os} --cpu=${cpu} --libc=${libc}\` or the \`supportedArchitectures\` of pnpm and Yarn.`,
      data: { packages: names },
      cause,
    },
  )
}

function show({ os, cpu }: Platform): string {
  return `${os}-${cpu}`
}

function namesOf(wanted: readonly { builds: readonly Build[] }[]): string[] {
  return wanted.flatMap(({ builds }) => builds.map(({ name, version }) => `${name}@${version}`)).toSorted()
}
