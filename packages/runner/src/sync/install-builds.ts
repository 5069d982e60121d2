import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Platform } from './host-platform.ts'

const run = promisify(execFile)

export interface Build {
  name: string
  /** exact, or a range where no lockfile knows better */
  version: string
  integrity?: string
}

/** What npm hands on to scripts it runs, this program perhaps, and what would make it work elsewhere than in the folder. */
const OF_OTHER_RUNS = /^npm_config_(workspaces?|include_workspace_root|global|location|prefix|dry_run|omit|only)$/i

/**
 * Installs packages for a platform into an empty folder with npm, as the user has it set up: registries, proxies and
 * credentials of the user and of the project. No script of a package runs.
 * @param project folder whose `.npmrc` counts
 * @throws Error with what npm said
 */
export async function installBuilds(
  folder: string,
  builds: readonly Build[],
  { project, platform }: { project: string; platform: Platform },
): Promise<void> {
  const dependencies = Object.fromEntries(builds.map(({ name, version }) => [name, version]))
  const locked = builds.flatMap(({ name, ...build }) => (build.integrity ? [[`node_modules/${name}`, build]] : []))
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, ...Object.fromEntries(locked) } }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock))
  const settings = join(folder, '.npmrc')
  if (existsSync(join(project, '.npmrc'))) await symlink(join(project, '.npmrc'), settings)
  const { os, cpu, libc } = platform
  const args = ['install', `--os=${os}`, `--cpu=${cpu}`, `--libc=${libc}`, ...OPTIONS]
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_OTHER_RUNS.test(name)))
  try {
    await run('npm', args, { cwd: folder, env, maxBuffer: 1 << 26 })
  } catch (cause) {
    throw new Error(explain(cause as NpmFailure), { cause })
  } finally {
    await rm(settings, { force: true })
  }
}

const OPTIONS = [
  '--ignore-scripts',
  '--force', // one for another platform comes along, and is not used; without it nothing would come
  '--legacy-peer-deps', // the package itself may be a peer of its builds
  '--include=optional',
  '--install-strategy=hoisted',
  '--package-lock=true',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
]

type NpmFailure = Error & { code?: number | string; stderr?: string }

function explain({ code, stderr = '', message }: NpmFailure): string {
  if (code === 'ENOENT') return 'there is no npm on the PATH'
  const lines = stderr
    .split('\n')
    .flatMap(
      (line) => /^npm (?:error|ERR!) (?!A complete log|If you are behind|errno|syscall)(\S.*)/.exec(line)?.[1] ?? [],
    )
  return lines.length === 0 ? stderr.trim() || message : lines.slice(0, 4).join('; ')
}
