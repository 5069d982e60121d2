import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { Provenance } from '../journal/schema.ts'

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']
const MAX_DIFF_BYTES = 4 << 20

/** What a run knows of the sources: the commit, what differs from it, and what was installed. */
export interface RunProvenance {
  provenance: Provenance
  /** `git diff HEAD`, cut at 4 MiB */
  diff: string | undefined
  /** top of the repository, or Vitest's root: where links to sources start */
  sourceRoot: string
}

/** Looks at the repository around a folder. What cannot be found out is left out. */
export async function findProvenance(root: string, env: NodeJS.ProcessEnv = process.env): Promise<RunProvenance> {
  const git = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)('git', args, { cwd: root, maxBuffer: 1 << 28 })
      return stdout.trim()
    } catch {
      return undefined // no git, no repository, or no commit yet
    }
  }
  const [top, commit, branch, remote, status, diff, lockfile] = await Promise.all([
    git('rev-parse', '--show-toplevel'),
    git('rev-parse', 'HEAD'),
    git('rev-parse', '--abbrev-ref', 'HEAD'),
    git('remote', 'get-url', 'origin'),
    git('status', '--porcelain'),
    git('diff', 'HEAD'),
    findLockfile(root),
  ])
  const told = commit === undefined ? parseSource(env['VITEST_EC2_SOURCE']) : undefined
  const from = told ?? { top, commit, branch, remote, dirty: status === undefined ? undefined : status !== '' }
  const repository = from.remote === undefined ? undefined : toWebPage(from.remote)
  return {
    sourceRoot: from.top ?? root,
    diff: diff === undefined || diff === '' ? undefined : diff.slice(0, MAX_DIFF_BYTES),
    provenance: {
      ...(from.commit !== undefined && { commit: from.commit }),
      ...(from.branch !== undefined && from.branch !== 'HEAD' && { branch: from.branch }),
      ...(repository !== undefined && { repository }),
      ...(from.commit !== undefined && from.dirty !== undefined && { dirty: from.dirty }),
      ...(lockfile && { lockfile }),
    },
  }
}

interface Source {
  top?: string | undefined
  commit?: string | undefined
  branch?: string | undefined
  remote?: string | undefined
  dirty?: boolean | undefined
}

/** What whoever sent the workspace to this machine says of the repository, which stayed behind. */
function parseSource(text: string | undefined): Source | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Source
  } catch {
    return undefined
  }
}

/** `git@github.com:ada/art.git` and `https://token@github.com/ada/art.git` as `https://github.com/ada/art`. */
export function toWebPage(remote: string): string | undefined {
  const [, host, path] =
    /^(?:[\w+]+:\/\/)?(?:[^@/]*@)?([\w.-]+\.\w+)(?::\d+)?[/:](.+?)(?:\.git)?\/?$/.exec(remote) ?? []
  return host && path ? `https://${host}/${path}` : undefined
}

async function findLockfile(root: string): Promise<Provenance['lockfile']> {
  for (let folder = root, last = ''; folder !== last; last = folder, folder = dirname(folder)) {
    for (const name of LOCKFILES) {
      const bytes = await readFile(join(folder, name)).catch(() => undefined)
      if (!bytes) continue
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { path: relative(root, join(folder, name)) || name, sha256 }
    }
  }
  return undefined
}
