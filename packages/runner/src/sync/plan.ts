import { createHash } from 'node:crypto'
import { join, posix } from 'node:path'
import { debuglog } from 'node:util'
import { hashFiles } from './file-hash.ts'
import type { Unit } from './group-packs.ts'
import { hashAhead, type OnPack } from './hash-ahead.ts'
import type { HashCache } from './hash-cache.ts'
import type { Platform } from './host-platform.ts'
import { closePackages, type Closure } from './package-closure.ts'
import { findPackageFiles } from './package-files.ts'
import { findPackageLinks } from './package-links.ts'
import type { Packers } from './packers.ts'
import { isPackagePattern } from './package-patterns.ts'
import { isSourceFile, type Found, type Source, type SourceFile } from './source.ts'
import type { BuildStage } from './stage-builds.ts'
import type { CompiledStage } from './stage-compiled.ts'
import { toTree, type SourceTree } from './source-tree.ts'
import { findWorkspaceFiles, listWorkspace } from './workspace-files.ts'

const debug = debuglog('vitest-ec2')

export interface SurveyOptions {
  root: string
  packages: readonly string[]
  /** of the host */
  platform: Platform
  outputs: readonly string[]
  include: readonly string[]
  exclude: readonly string[]
  maxBytes: number
}

export interface PlanOptions extends SurveyOptions {
  cache: HashCache
  builds: BuildStage
  compiled: CompiledStage
  /** gets packs while the rest is planned, where nothing is known yet of what is in the files */
  ahead?: { packers: Packers; onPack: OnPack } | undefined
  /** a sentence about something that does not travel */
  onNotice: (message: string) => void
}

/** By names only: which files of the workspace may travel, which packages they need, and what links to these. */
export interface Survey {
  listed: string[]
  closure: Closure
  linked: Source[]
  /** the same for the same options and names */
  fingerprint: string
}

/** A tree as it was planned, and what decided about it. */
export interface PlannedTree extends Omit<Found, 'notices'> {
  tree: SourceTree
}

export interface Planned {
  workspace: PlannedTree
  packages: PlannedTree
  notices: string[]
  /** some of it lies in the cache, and is looked for each time */
  isStaged: boolean
}

interface SourceUnit {
  name: string
  files: SourceFile[]
}

/** @throws Ec2Error `EC2_SYNC` when a package lies outside the workspace */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { root, platform, exclude } = options
  const listing = listWorkspace(options) // git is at work meanwhile
  listing.catch(() => {}) // thrown where it is awaited
  const requested = [...options.packages, ...options.include.filter(isPackagePattern).map((path) => join(root, path))]
  const closure = closePackages({ root, requested, platform, exclude })
  const listed = await listing
  const workspaces = listed.filter((path) => posix.basename(path) === 'package.json').map((path) => posix.dirname(path))
  const linked = findPackageLinks({ root, workspaces, packages: closure.packages })
  const names = [options, listed, closure, linked.map((source) => ('link' in source ? source : source.path))]
  return { listed, closure, linked, fingerprint: createHash('sha256').update(JSON.stringify(names)).digest('hex') }
}

/** What a host has to hold: the tree of the workspace, and the one of packages below it. */
export async function planSync({ listed, closure, linked }: Survey, options: PlanOptions): Promise<Planned> {
  const { root, platform, cache, builds, ahead, onNotice } = options
  const installed = closure.packages.map((each) => ({ ...each, found: findPackageFiles(each, root, platform) }))
  const compiled = installed.filter(({ found }) => found.compiled.length > 0)
  const packages = [
    ...installed.map(({ folder, manifest, found }) => ({ name: manifest.name ?? folder, found })),
    ...(await builds.stage(closure.buildless, { root, platform, onNotice })),
    ...(await options.compiled.stage(compiled, { root, platform, onNotice })),
  ]
  const workspace = findWorkspaceFiles(listed, options)
  const notices = [workspace, ...packages.map(({ found }) => found)].flatMap((found) => found.notices)
  for (const notice of notices) onNotice(notice)

  const workspaceUnits = await hash(
    workspace.sources.filter(isSourceFile).map((file) => ({ name: file.path, files: [file] })),
    true,
  )
  const commands = linked.filter(isSourceFile)
  const packageUnits = await hash(
    [
      ...packages.map(({ name, found }) => ({ name, files: found.sources.filter(isSourceFile) })),
      ...(commands.length > 0 ? [{ name: '.bin', files: commands }] : []),
    ],
    false,
  )
  const packageSources = [...packages.flatMap(({ found }) => found.sources), ...linked]
  return {
    workspace: { ...workspace, tree: toTree(workspaceUnits, onlyLinks(workspace.sources)) },
    packages: {
      sources: packageSources,
      watched: packages.flatMap(({ found }) => found.watched),
      tree: toTree(packageUnits, onlyLinks(packageSources)),
    },
    notices,
    isStaged: closure.buildless.length > 0 || compiled.length > 0,
  }

  async function hash(units: readonly SourceUnit[], mayHoldKeys: boolean): Promise<Unit[]> {
    const onLeftOut = (path: string, why: string) => debug('%s does not travel: %s', path, why)
    const how = { root, cache, mayHoldKeys, onLeftOut }
    const hashed = ahead
      ? await hashAhead(units, { ...how, ...ahead })
      : await hashFiles(
          units.flatMap(({ files }) => files),
          how,
        )
    const byPath = new Map(hashed.map((file) => [file.path, file]))
    return units.map(({ name, files }) => ({ name, files: files.flatMap(({ path }) => byPath.get(path) ?? []) }))
  }
}

function onlyLinks(sources: readonly Source[]): { path: string; link: string }[] {
  return sources.flatMap((source) => (isSourceFile(source) ? [] : [source]))
}
