import { lstatSync, readdirSync, type Dirent } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { debuglog } from 'node:util'
import { isForeignBinary, type Platform } from './host-platform.ts'
import { isAddon, isForeignCode, mayBeProgram } from './machine-code.ts'
import type { PackageFolder } from './package-closure.ts'
import { hasInstallScript } from './package-manifest.ts'
import { optimizedFolderOf, packageFolderOf } from './package-resolution.ts'
import { isPrivate } from './private-files.ts'
import { readLink } from './source-link.ts'
import { toLook, type Found, type Look, type Source } from './source.ts'

const debug = debuglog('vitest-ec2')

export interface FoundPackage extends Found {
  /** its files that were compiled for this machine and do not run on hosts, where it has none for these; relative to it */
  compiled: string[]
}

/**
 * The files of a package that travel. Left out is what no program on a host can load, source maps and binaries of other
 * platforms, and secrets somebody forgot in there.
 */
export function findPackageFiles(
  { folder, manifest, only }: PackageFolder,
  root: string,
  platform: Platform,
): FoundPackage {
  const found: Found = { sources: [], notices: [], watched: [] }
  // NOTE: paths are put together by hand. There are tens of thousands, and `join` takes as long as `lstat`.
  const base = folder === root ? '' : `${relative(root, folder).split(sep).join('/')}/`
  const foreign: string[] = []
  // Where there are builds for several platforms the program is one of these, or started by way of it, as of `esbuild`.
  const isFetched = hasInstallScript(manifest) && Object.keys(manifest.optionalDependencies ?? {}).length === 0
  if (only) for (const path of only) add(path.split(sep).join('/'))
  else if (packageFolderOf(folder) !== undefined || optimizedFolderOf(join(folder, '*')) !== undefined) walk('')
  // Of a workspace, the sources travel with it anyway; what was built of them is ignored by git.
  else for (const path of manifest.files ?? []) walk(posix.relative('/', posix.join('/', path)))
  const hasAddon = found.sources.some(({ path }) => isAddon(path))
  return { ...found, compiled: hasAddon ? [] : foreign }

  function walk(inner: string): void {
    const at = join(folder, inner)
    watch(at, lstatSync(at, { throwIfNoEntry: false })) // as it was before it was listed
    for (const entry of list(at)) {
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`
      if (!entry.isDirectory()) add(path)
      else if (entry.name !== 'node_modules' && entry.name !== '.git') walk(path)
    }
  }

  function add(inner: string): void {
    if (inner.endsWith('.map') || isForeignBinary(inner, platform)) return
    const path = `${base}${inner}`
    if (isPrivate(inner, 'package')) return debug('%s does not travel: its name is that of a secret', path)
    const at = `${root}/${path}`
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (stats?.isFile()) {
      const mayBeCode = isAddon(inner) || (isFetched && mayBeProgram(inner, stats))
      if (mayBeCode && isForeignCode(at, platform)) {
        foreign.push(inner)
        watch(at, stats)
      } else found.sources.push({ path, stats: toLook(stats) } satisfies Source)
    }
    if (!stats?.isFile()) watch(at, stats)
    if (!stats?.isSymbolicLink()) return
    const link = readLink(root, path)
    if (link === undefined) found.notices.push(`${path} is a link that leads out of ${root}, and does not travel`)
    else found.sources.push({ path, link } satisfies Source)
  }

  function watch(path: string, stats: Look | undefined): void {
    found.watched.push({ path, stats: stats && toLook(stats) })
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
