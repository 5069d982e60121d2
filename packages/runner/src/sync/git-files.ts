import { execFile } from 'node:child_process'
import { debuglog, promisify } from 'node:util'

const debug = debuglog('vitest-ec2')
const run = promisify(execFile)

/**
 * What git lists below a folder: tracked files, and untracked ones that are not ignored (packages excepted: somebody
 * forgot to ignore them). Paths relative to it. Nothing when git is not there, or knows nothing of the folder.
 */
export async function listByGit(root: string): Promise<string[] | undefined> {
  try {
    // NOTE: one process for both. To start one from a process as large as Vitest's holds up everybody.
    const { stdout } = await run('git', ['ls-files', '-z', '-t', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      maxBuffer: 1 << 30,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    })
    const files = stdout
      .split('\0')
      .filter((line) => line !== '' && !(line.startsWith(UNTRACKED) && IN_PACKAGES.test(line)))
      .map((line) => line.slice(UNTRACKED.length))
    // An outer repository may ignore the whole folder.
    return files.length > 0 ? files : undefined
  } catch (error) {
    debug('git lists nothing in %s: %s', root, (error as Error).message)
    return undefined
  }
}

/** A letter and a space stand before each path. */
const UNTRACKED = '? '
const IN_PACKAGES = /[ /]node_modules(?:\/|$)/
