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
    const [tracked, untracked] = await Promise.all([
      list(root, ['--cached']),
      list(root, ['--others', '--exclude-standard']),
    ])
    const files = [...tracked, ...untracked.filter((path) => !path.split('/').includes('node_modules'))]
    // An outer repository may ignore the whole folder.
    return files.length > 0 ? files : undefined
  } catch (error) {
    debug('git lists nothing in %s: %s', root, (error as Error).message)
    return undefined
  }
}

async function list(root: string, which: string[]): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '-z', ...which], {
    cwd: root,
    maxBuffer: 1 << 30,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  })
  return stdout.split('\0').filter((path) => path !== '')
}
