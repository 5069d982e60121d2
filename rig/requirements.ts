import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs that the rig runs, and the Debian packages that they are in. */
const RIG: Record<string, string> = {
  unshare: 'util-linux',
  ip: 'iproute2',
  nft: 'nftables',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  'cloud-init': 'cloud-init',
  sudo: 'sudo',
  ps: 'procps',
  curl: 'curl',
  '/lib/systemd/systemd': 'systemd',
  python3: 'python3',
}

/** Programs that tests run beside those: readers of what is made, and peers to compare with. */
const TESTS: Record<string, string> = {
  git: 'git',
  pdftoppm: 'poppler-utils',
  qpdf: 'qpdf',
  unzip: 'unzip',
  rsync: 'rsync',
  ffprobe: 'ffmpeg',
}

export type Purpose = 'rig' | 'tests' | 'browser'

const PROGRAMS: Record<Purpose, Record<string, string>> = {
  rig: RIG,
  tests: TESTS,
  browser: { '/usr/bin/chromium': 'chromium' },
}

/** The packages whose programs are missing here. */
export function missingPackages(...purposes: Purpose[]): string[] {
  const programs = purposes.flatMap((purpose) => Object.entries(PROGRAMS[purpose]))
  return programs.flatMap(([program, name]) => (hasProgram(program) ? [] : [name]))
}

/** Installs packages where this user may. Throws a sentence that says what to do where not. */
export function installPackages(packages: readonly string[]): void {
  const byHand = `Install what is missing: sudo apt-get install ${packages.join(' ')}`
  if (!hasProgram('apt-get'))
    throw new Error(`${byHand} (here is no apt-get: take your system's own packages of these names)`)
  const prefix = asRoot()
  if (!prefix) throw new Error(byHand)
  const apt = (...args: string[]) => {
    const [program, ...before] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'] as const
    execFileSync(program, [...before, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  } catch (cause) {
    throw new Error(`apt-get failed. ${byHand}`, { cause })
  }
}

/** What stands before a command that root must run; nothing where this user cannot become root without being asked. */
export function asRoot(): string[] | undefined {
  if (process.getuid?.() === 0) return []
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
    return ['sudo', '-n']
  } catch {
    return undefined
  }
}

function hasProgram(program: string): boolean {
  if (program.startsWith('/')) return existsSync(program)
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}
