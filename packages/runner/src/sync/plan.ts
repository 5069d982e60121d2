import { join, posix } from 'node:path'
import { debuglog } from 'node:util'
import { hashFiles } from './file-hash.ts'
import type { Unit } from './group-packs.ts'
import type { HashCache } from './hash-cache.ts'
import type { Platform } from './host-platform.ts'
import { closePackages } from './package-closure.ts'
import { findPackageFiles } from './package-files.ts'
import { findPackageLinks } from './package-links.ts'
import { isPackagePattern } from './package-patterns.ts'
import { isSourceFile, type Source } from './source.ts'
import type { BuildStage } from './stage-builds.ts'
import { toTree, type SourceTree } from './source-tree.ts'
import { findWorkspaceFiles } from './workspace-files.ts'

const debug = debuglog('vitest-ec2')

export interface PlanOptions {
  root: string
  packages: readonly string[]
  /** of the host */
  platform: Platform
  outputs: readonly string[]
  include: readonly string[]
  exclude: readonly string[]
  maxBytes: number
  cache: HashCache
  builds: BuildStage
  /** a sentence about something that does not travel */
  onNotice: (message: string) => void
}

/** What a host has to hold: the tree of the workspace, and the one of packages below it. */
export async function planSync(options: PlanOptions): Promise<{ workspace: SourceTree; packages: SourceTree }> {
  const { root, platform, cache, builds, onNotice } = options
  const listing = findWorkspaceFiles(options) // git is at work meanwhile
  listing.catch(() => {}) // thrown where it is awaited
  const { packages: folders, buildless } = closePackages({
    root,
    requested: [...options.packages, ...options.include.filter(isPackagePattern).map((path) => join(root, path))],
    platform,
    exclude: options.exclude,
  })
  const packages = [
    ...folders.map((each) => ({
      name: each.manifest.name ?? each.folder,
      found: findPackageFiles(each, root, platform),
    })),
    ...(await builds.stage(buildless, { root, platform, onNotice })),
  ]
  const workspace = await listing
  const workspaces = workspace.sources
    .filter(({ path }) => posix.basename(path) === 'package.json')
    .map(({ path }) => posix.dirname(path))
  const linked = findPackageLinks({ root, workspaces, packages: folders })
  const packageLinks = [...packages.flatMap(({ found }) => found.sources), ...linked]
  for (const notice of [workspace, ...packages.map(({ found }) => found)].flatMap(({ notices }) => notices))
    onNotice(notice)

  const hash = (sources: readonly Source[], mayHoldKeys: boolean) =>
    hashFiles(sources.filter(isSourceFile), {
      root,
      cache,
      mayHoldKeys,
      onLeftOut: (path, why) => debug('%s does not travel: %s', path, why),
    })
  const workspaceUnits = (await hash(workspace.sources, true)).map((file): Unit => ({ name: file.path, files: [file] }))
  const packageUnits: Unit[] = []
  for (const { name, found } of packages) {
    packageUnits.push({ name, files: await hash(found.sources, false) })
  }
  const commands = await hash(linked, false)
  if (commands.length > 0) packageUnits.push({ name: '.bin', files: commands })
  return {
    workspace: toTree(workspaceUnits, onlyLinks(workspace.sources)),
    packages: toTree(packageUnits, onlyLinks(packageLinks)),
  }
}

function onlyLinks(sources: readonly Source[]): { path: string; link: string }[] {
  return sources.flatMap((source) => (isSourceFile(source) ? [] : [source]))
}
