import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'

/** Whose things are whose, in an account that several people, laptops and CI jobs share. */
export interface Owner {
  /** in names and tags of all that is made: a person on a machine, or the CI jobs of one repository */
  name: string
  /** where processes with the same ids are the same processes */
  machine: string
  /** this process, told apart from a later one with the same id */
  process: string
  /** for messages: `ada@laptop` */
  label: string
}

export function findOwner(stateDir: string, env: NodeJS.ProcessEnv = process.env): Owner {
  const user = env['USER'] ?? env['LOGNAME'] ?? userName()
  // A container that shares the state folder counts processes for itself, so they are not ours to call dead.
  const machine = digest(machineId(stateDir) + (readOr(() => readlinkSync('/proc/self/ns/pid')) ?? ''))
  const repository = env['CI']
    ? (env['GITHUB_REPOSITORY'] ?? env['CI_PROJECT_PATH'] ?? env['BUILDKITE_REPO'])
    : undefined
  return {
    name: repository
      ? `ci-${slug(repository)}-${digest(repository).slice(0, 6)}`
      : `${slug(user)}-${machine.slice(0, 6)}`,
    machine,
    process: `${process.pid}/${startOf(process.pid) ?? ''}`,
    label: `${user}@${hostname()}`,
  }
}

/** True when that process of this machine has ended. When in doubt, false: its hosts end by their clocks. */
export function isDead(owned: string): boolean {
  const [id, start] = owned.split('/')
  const pid = Number(id)
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  const now = startOf(pid)
  return Boolean(start) && now !== undefined && now !== start
}

/** The boot and the tick at which a process started, where the system tells. */
function startOf(pid: number): string | undefined {
  return readOr(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    // The second field is the name in brackets, which may itself hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${boot}.${fields[19]}`
  })
}

function machineId(stateDir: string): string {
  const file = join(stateDir, 'machine')
  const known = readOr(() => readFileSync(file, 'utf8').trim())
  if (known) return known
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const made = randomBytes(8).toString('hex')
  readOr(() => writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 }))
  return readFileSync(file, 'utf8').trim()
}

function userName(): string {
  return readOr(() => userInfo().username) ?? 'user'
}

/** Short: with region and purpose around it a role's name has 64 letters at most. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 16) || 'user'
  )
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function readOr<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
