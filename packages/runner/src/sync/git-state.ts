import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What git says of a workspace. */
export interface GitState {
  /** absolute path of the repository */
  top: string
  commit: string
  /** nothing when none is checked out */
  branch?: string
  /** URL of `origin`, without credentials */
  remote?: string
  /** something differs from the commit */
  dirty: boolean
}

/** Nothing where there is no git, no repository, or no commit yet. */
export async function readGitState(folder: string): Promise<GitState | undefined> {
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', args, { cwd: folder, maxBuffer: 1 << 28 })
    return stdout.trim()
  }
  try {
    const [top, commit, branch, remote, status] = await Promise.all([
      git('rev-parse', '--show-toplevel'),
      git('rev-parse', 'HEAD'),
      git('rev-parse', '--abbrev-ref', 'HEAD'),
      git('remote', 'get-url', 'origin').catch(() => ''),
      git('status', '--porcelain'),
    ])
    return {
      top,
      commit,
      ...(branch !== 'HEAD' && { branch }),
      ...(remote !== '' && { remote: remote.replace(/^(\w[\w+.-]*:\/\/)[^@/]*@/, '$1') }),
      dirty: status !== '',
    }
  } catch {
    return undefined
  }
}
