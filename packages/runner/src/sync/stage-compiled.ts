import { existsSync, readFileSync, statSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { showPlatform, type PackageManifest, type Platform } from './host-platform.ts'
import { installBuilds, ScriptFailed, type Build } from './install-builds.ts'
import { readLockfile, type Lockfile } from './lockfile.ts'
import { isAddon, mayBeProgram } from './machine-code.ts'
import type { PackageFolder } from './package-closure.ts'
import { findPackageFiles, type FoundPackage } from './package-files.ts'
import { hasInstallScript } from './package-manifest.ts'
import type { StagedPackage, StageOptions } from './stage-builds.ts'
import { isSourceFile, type Source, type SourceFile } from './source.ts'
import type { Stages } from './stages.ts'

/** A package as it is installed, with code that was compiled for this machine. */
export interface CompiledPackage extends PackageFolder {
  found: FoundPackage
}

/** Gets for hosts what install scripts of packages fetched for this machine, by these scripts. */
export interface CompiledStage {
  /**
   * Never throws: many such packages have another way when there is no code, and that hosts need it is for the user to say.
   * @returns what each package has there besides what it has here
   */
  stage(packages: readonly CompiledPackage[], options: StageOptions): Promise<StagedPackage[]>
}

/** Instead of a package, why there is none: its script had nothing, or could not get it. */
const REASON_FILE = 'reason.txt'
/** For so long (ms) no run asks again. */
const REASON_MS = 3600_000

export function createCompiledStage(stages: Stages): CompiledStage {
  return {
    async stage(packages, options) {
      const lockfile = packages.length > 0 && readLockfile(options.root)
      if (!lockfile) return []
      return (await Promise.all(packages.map((each) => bring(each, lockfile, options)))).flat()
    },
  }

  async function bring(each: CompiledPackage, lockfile: Lockfile, options: StageOptions): Promise<StagedPackage[]> {
    const { manifest, found } = each
    const { root, platform, onNotice } = options
    try {
      if (!hasInstallScript(manifest)) throw new Error('it has no install script that could fetch one')
      const build = lockedBuild(each, lockfile, root)
      if (!build) throw new Error('no lockfile here has its checksum, by which its build could be fetched')
      const sources = await fetch(build, each, options)
      return [{ name: build.name, found: { sources, notices: [], watched: [] } }]
    } catch (error) {
      onNotice(compiledHere(manifest, found.compiled, platform, (error as Error).message))
      return []
    }
  }

  /** @throws Error that says why there is nothing */
  async function fetch(
    build: Build,
    { folder, manifest, found }: CompiledPackage,
    options: StageOptions,
  ): Promise<Source[]> {
    const { root, platform, onNotice } = options
    const stage = stages.nameOf([platform, process.versions.modules, build, 'by its script'])
    const reasonFile = join(stage, REASON_FILE)
    if (isOlder(reasonFile, REASON_MS)) await rm(stage, { recursive: true, force: true })
    if (!existsSync(stage)) {
      onNotice(`Fetching 1 build for ${showPlatform(platform)}: ${build.name}@${build.version}, by its install script`)
      await stages.make(stage, (part) => fill(part, build, options))
    }
    await stages.touch(stage)
    if (existsSync(reasonFile)) throw new Error(readFileSync(reasonFile, 'utf8'))
    const added = findAdded(stage, { name: build.name, manifest, here: found }, platform)
    const isCode = ({ path, stats }: SourceFile) => isAddon(path) || mayBeProgram(path, stats)
    if (!added.some(isCode)) throw new Error('its install script fetches none')
    const parent = relative(root, folder).split(sep).join('/')
    return added.map((file) => ({ ...file, path: `${parent}/${file.path}` }))
  }

  async function fill(part: string, build: Build, { root, platform }: StageOptions): Promise<void> {
    try {
      await installBuilds(part, [build], { project: root, platform, withScripts: true })
    } catch (error) {
      if (!(error instanceof ScriptFailed)) throw error
      await rm(join(part, 'node_modules'), { recursive: true, force: true })
      await writeFile(join(part, REASON_FILE), `its install script fails (${error.message})`)
    }
  }
}

/**
 * The package as a registry has it. Only one whose content the lockfile vouches for: nothing else of that name, which
 * anybody may have published, is to run here.
 */
function lockedBuild({ folder, manifest }: PackageFolder, lockfile: Lockfile, root: string): Build | undefined {
  const { name, version, dependencies = {} } = manifest
  const path = relative(root, folder).split(sep).join('/')
  const end = path.lastIndexOf(`node_modules/${name}`)
  if (name === undefined || version === undefined || end === -1) return undefined
  const locked = lockfile.find(name, version, path.slice(0, end))
  const integrity = locked?.version === version ? locked.integrity : undefined
  return integrity === undefined ? undefined : { name, version, integrity, dependencies }
}

/** What a staged package has that the installed one does not send, with paths relative to the package. */
function findAdded(
  stage: string,
  { name, manifest, here }: { name: string; manifest: PackageManifest; here: FoundPackage },
  platform: Platform,
): SourceFile[] {
  const base = `node_modules/${name}/`
  const folder = join(stage, base)
  const { sources } = findPackageFiles({ folder, manifest, only: undefined }, stage, platform)
  const sent = new Set(here.sources.map(({ path }) => path.slice(path.lastIndexOf(base) + base.length)))
  return sources.filter(isSourceFile).flatMap((source) => {
    const path = source.path.slice(base.length)
    return sent.has(path) ? [] : [{ ...source, path, file: join(stage, source.path) }]
  })
}

function isOlder(file: string, ms: number): boolean {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > ms
}

function compiledHere(
  { name = 'A package', version }: PackageManifest,
  files: readonly string[],
  platform: Platform,
  reason: string,
): string {
  return (
    `${name} is compiled for this machine and goes to hosts without ${files.join(', ')}, as they run ${showPlatform(platform)} and ${reason}. ` +
    `If it is needed there: \`setup\` can install ${name}@${version} on them in /node_modules, for Node ${process.version}, ` +
    `and \`sync: { exclude: ['node_modules/${name}'] }\` leaves out the one from here`
  )
}
