import { lstatSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { debuglog } from 'node:util'
import picomatch from 'picomatch'
import { glob } from 'tinyglobby'
import { Ec2Error } from '../errors.ts'
import { listByGit } from './git-files.ts'
import { isPackagePattern } from './package-patterns.ts'
import { isPrivate } from './private-files.ts'
import { isInside, readLink } from './source-link.ts'
import { toLook, type Found, type SourceFile } from './source.ts'
import { listByWalking } from './walked-files.ts'

const debug = debuglog('vitest-ec2')

export interface WorkspaceFilesOptions {
  root: string
  /** globs relative to the root: what travels besides what git lists */
  include: readonly string[]
  /** globs relative to the root: what does not */
  exclude: readonly string[]
  /** folders that are written, absolute or relative to the root: they come back, they do not go */
  outputs: readonly string[]
  maxBytes: number
}

/** Paths, relative to the root, of what git lists, or of what no `.gitignore` there excludes, and of what is named. */
export async function listWorkspace(options: WorkspaceFilesOptions): Promise<string[]> {
  const { root } = options
  const include = options.include.filter((pattern) => !isPackagePattern(pattern))
  const listed = (await listByGit(root)) ?? (await listByWalking(root))
  const named =
    include.length === 0
      ? []
      : await glob(include, { cwd: root, dot: true, onlyFiles: false, followSymbolicLinks: false })
  const isLeftOut = leftOut(options)
  return [...new Set([...listed, ...named])].filter((path) => !isLeftOut(path))
}

/**
 * The files of a workspace that travel, of those that `listWorkspace` found.
 * @throws Ec2Error `EC2_SYNC` when they are more than `maxBytes`
 */
export function findWorkspaceFiles(
  listed: readonly string[],
  { root, maxBytes }: Pick<WorkspaceFilesOptions, 'root' | 'maxBytes'>,
): Found {
  const found: Found = { sources: [], notices: [], watched: [] }
  const files: SourceFile[] = []
  for (const path of listed) {
    if (isPrivate(path, 'workspace')) {
      debug('%s does not travel: its name is that of a secret', path)
      continue
    }
    const at = `${root}/${path}`
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (stats?.isFile()) files.push({ path, stats: toLook(stats) })
    else found.watched.push({ path: at, stats: stats && toLook(stats) }) // nothing: it was deleted, and git was not told
    if (!stats?.isSymbolicLink()) continue
    const link = readLink(root, path)
    if (link === undefined) found.notices.push(`${path} is a link that leads out of ${root}, and does not travel`)
    else found.sources.push({ path, link })
  }
  checkSize(files, maxBytes)
  found.sources.push(...files)
  return found
}

function leftOut({ root, exclude, outputs }: WorkspaceFilesOptions): (path: string) => boolean {
  const patterns = exclude.flatMap((pattern) => {
    const plain = pattern.replace(/\/+$/, '')
    return [plain, `${plain}/**`]
  })
  const isExcluded = patterns.length === 0 ? () => false : picomatch(patterns, { dot: true })
  const folders = outputs
    .map((folder) => (isAbsolute(folder) ? relative(root, folder) : folder).split(sep).join('/').replace(/\/+$/, ''))
    .filter((folder) => folder !== '' && isInside(folder))
  return (path) => isExcluded(path) || folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

function checkSize(files: readonly SourceFile[], maxBytes: number): void {
  const bytes = files.reduce((sum, { stats }) => sum + stats.size, 0)
  if (bytes <= maxBytes) return
  const largest = files.toSorted((a, b) => b.stats.size - a.stats.size).slice(0, 10)
  const lines = largest.map(({ path, stats }) => `\n    ${megabytes(stats.size)}  ${path}`)
  throw new Ec2Error(
    'EC2_SYNC',
    `The workspace has ${megabytes(bytes)} to send, and \`sync.maxSize\` allows ${megabytes(maxBytes)}. The largest files:${lines.join('')}`,
    {
      fix: 'Leave out what hosts do not need with `sync.exclude` or `.gitignore`, or raise `sync.maxSize`.',
      data: { bytes, maxBytes, largest: largest.map(({ path, stats }) => ({ path, bytes: stats.size })) },
    },
  )
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
