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
  /** what its install script needs */
  dependencies?: Record<string, string>
}

/** What npm hands on to scripts it runs, this program perhaps, and what would make it work elsewhere than in the folder. */
const OF_OTHER_RUNS = /^npm_config_(workspaces?|include_workspace_root|global|location|prefix|dry_run|omit|only)$/i

export interface InstallOptions {
  /** folder whose `.npmrc` counts */
  project: string
  platform: Platform
  /** lets install scripts of these packages themselves fetch what they have for the platform; false */
  withScripts?: boolean
}

/**
 * Installs packages for a platform into an empty folder with npm, as the user has it set up: registries, proxies and
 * credentials of the user and of the project. No script of what they need runs.
 * @throws ScriptFailed, else Error with what npm said
 */
export async function installBuilds(
  folder: string,
  builds: readonly Build[],
  { project, platform, withScripts = false }: InstallOptions,
): Promise<void> {
  const dependencies = Object.fromEntries(builds.map(({ name, version }) => [name, version]))
  const locked = builds.flatMap(({ name, ...build }) =>
    build.integrity ? [[`node_modules/${name}`, { ...build, hasInstallScript: withScripts }]] : [],
  )
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, ...Object.fromEntries(locked) } }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock))
  const settings = join(folder, '.npmrc')
  if (existsSync(join(project, '.npmrc'))) await symlink(join(project, '.npmrc'), settings)
  const { os, cpu, libc } = platform
  const args = ['install', `--os=${os}`, `--cpu=${cpu}`, `--libc=${libc}`, ...OPTIONS]
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_OTHER_RUNS.test(name)))
  try {
    await run('npm', args, { cwd: folder, env, maxBuffer: 1 << 26 }).catch((cause: NpmFailure) => {
      throw new Error(explain(cause), { cause })
    })
    if (withScripts) await runScripts(folder, builds, env, platform)
  } finally {
    await rm(settings, { force: true })
  }
}

/** An install script had nothing for the platform, or could not get it. */
export class ScriptFailed extends Error {}

/** What `npm rebuild` of these packages does, as if it ran on the platform. */
async function runScripts(
  folder: string,
  builds: readonly Build[],
  env: NodeJS.ProcessEnv,
  { os, cpu, libc }: Platform,
): Promise<void> {
  const asThere = {
    // A compiler would make code for this machine, in minutes: without Python, node-gyp gives up at once.
    NODE_GYP_FORCE_PYTHON: join(folder, 'nothing-is-compiled-for-another-machine'),
    // by the conventions of prebuild-install, and of many scripts that download something themselves
    npm_config_platform: os,
    npm_config_arch: cpu,
    npm_config_libc: libc,
    // by those of node-pre-gyp
    npm_config_target_platform: os,
    npm_config_target_arch: cpu,
    npm_config_target_libc: libc,
  }
  const args = ['rebuild', ...builds.map(({ name }) => name), '--loglevel=warn']
  const options = { cwd: folder, env: { ...env, ...asThere }, maxBuffer: 1 << 26, timeout: SCRIPTS_MS }
  await run('npm', args, options).catch((cause: NpmFailure) => {
    throw new ScriptFailed(explainScript(cause), { cause })
  })
}

/** A download of some hundred megabytes has to fit (ms). */
const SCRIPTS_MS = 10 * 60_000

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

/** What npm adds, Node's own warnings, and node-gyp's complaint of what was taken from it. */
const BESIDE = /^(code \d|path |command |A complete log|gyp |\(node:|\(Use `node)/

function explainScript({ stderr = '' }: NpmFailure): string {
  const lines = stderr.split('\n').flatMap((line) => /^npm (?:error|ERR!) (\S.*)/.exec(line)?.[1] ?? [])
  const said = lines.filter((line) => !BESIDE.test(line)).slice(0, 2)
  return said.length > 0 ? said.join('; ') : 'it compiles, which would be for this machine'
}

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
