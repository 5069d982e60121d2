import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HostInfo } from '../wire/protocol.ts'
import type { Folders } from './folders.ts'
import { removeRun } from './remove-run.ts'
import { baseEnvironment, toViewCommand, type ViewMode } from './view-command.ts'

const run = promisify(execFile)

/** Tries once what every view needs, in the hardest place: a folder at the top that the host does not have. */
export async function findViewMode(folders: Folders): Promise<HostInfo['view']> {
  const modes: ViewMode[] = process.getuid?.() === 0 ? ['root'] : ['sudo', 'user-namespace']
  const failures: string[] = []
  for (const mode of modes) {
    const failure = await tryView(mode, folders)
    if (failure === undefined) return { by: mode }
    failures.push(`${LABELS[mode]}: ${failure}`)
  }
  const sysctl = findSysctl()
  return { by: 'none', reason: `${failures.join('; ')}${sysctl === undefined ? '' : `; ${sysctl}`}` }
}

const LABELS = { root: 'as root', sudo: 'with sudo', 'user-namespace': 'in a user namespace' }

async function tryView(mode: ViewMode, { runs, state }: Folders): Promise<string | undefined> {
  const folder = mkdtempSync(join(runs, 'try-'))
  try {
    const tree = join(folder, 'tree')
    mkdirSync(tree)
    const [file, ...args] = toViewCommand(mode, {
      root: '/vitest-ec2-view',
      trees: [tree],
      run: folder,
      state,
      command: ['touch', '/vitest-ec2-view/written'],
      env: baseEnvironment(),
    })
    await run(file, args, { timeout: 20_000 })
    return undefined
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    return stderr.trim().split('\n').at(-1) || message
  } finally {
    await removeRun(folder)
  }
}

/** The setting that forbids user namespaces, where there is one. */
function findSysctl(): string | undefined {
  const settings = [
    ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
    ['kernel.unprivileged_userns_clone', '0', '1'],
    ['user.max_user_namespaces', '0', '15000'],
  ] as const
  for (const [name, closed, open] of settings) {
    if (read(`/proc/sys/${name.replaceAll('.', '/')}`) === closed) {
      return `\`${name}\` is ${closed} here: \`sudo sysctl -w ${name}=${open}\` allows user namespaces`
    }
  }
  return undefined
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
