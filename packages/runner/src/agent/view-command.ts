import { dirname, join } from 'node:path'
import { installedEnvironment } from './installed-environment.ts'

/** How views are made here: as root, by sudo, or in a user namespace. */
export type ViewMode = 'root' | 'sudo' | 'user-namespace'

export interface ViewCommand {
  root: string
  /** folders, topmost first */
  trees: readonly string[]
  /** fresh folder of the view, for its upper layer */
  run: string
  /** the agent's folder, which stays visible */
  state: string
  command: readonly string[]
  env: Readonly<Record<string, string>>
}

/** The command line that opens a view and runs a command in it. */
export function toViewCommand(mode: ViewMode, view: ViewCommand): [file: string, ...args: string[]] {
  const owner = mode === 'user-namespace' ? '-' : `${process.getuid?.()}:${process.getgid?.()}`
  const env = Object.entries(view.env).map(([name, value]) => `${name}=${value}`)
  const script = join(import.meta.dirname, 'view.sh')
  const namespaces = ['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child', '--mount-proc']
  if (mode === 'user-namespace') namespaces.unshift('--user', '--map-current-user', '--keep-caps')
  const line = ['env', '-i', ...env, 'unshare', ...namespaces, 'bash', script] as const
  const args = [view.root, view.trees.join(':'), view.run, owner, view.state, ...view.command]
  return mode === 'sudo' ? ['sudo', '-n', ...line, ...args] : [...line, ...args]
}

/** What a process on this host may count on, whoever it is started by. */
export function baseEnvironment(): Record<string, string> {
  const { HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TZ } = process.env
  const own = { HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TZ }
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'}`
  return Object.fromEntries(
    Object.entries({ ...installedEnvironment(), ...own, PATH }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
}
