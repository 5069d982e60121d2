/**
 * What `npm run rig -- [OPTIONS] COMMAND` takes. Every option stands here once, with its default.
 */
export interface RigOptions {
  /** PID 1 of instances: the real systemd, or a script that boots in half the time and knows no systemctl */
  init: 'systemd' | 'script'
  /** seconds in a minute of `shutdown +N` */
  minute: number
  /** seconds an instance is pending */
  pending: number
  shuttingDown: number
  /** of each machine, such as 2G */
  memory: number
  /** of each machine's disk; it is in memory, and counts as such */
  disk: string
  /** processes of each machine */
  pids: number
  /** paths of this machine that instances must not have, beside those that they never have */
  hide: string[]
  /** whether security groups let in only whom they name */
  securityGroups: boolean
  /** seconds that every byte to an SSH server takes, each way */
  delay: number
  /** seconds to wait for instances to end by themselves, after the command */
  wait: number
  /** a folder that gets the consoles of the machines */
  logs: string | null
  command: string[]
}

const DEFAULTS: Omit<RigOptions, 'command' | 'hide'> = {
  init: 'systemd',
  minute: 60,
  pending: 0.5,
  shuttingDown: 0.3,
  memory: 2 ** 31,
  disk: '1500M',
  pids: 1024,
  securityGroups: true,
  delay: 0,
  wait: 0,
  logs: null,
}

export const USAGE = `Usage: npm run rig -- [OPTIONS] COMMAND [ARGUMENT...]

Runs a command beside a stand-in of AWS whose instances are real machines made of namespaces. Nothing in it reaches the
outside, and nothing of it stays. Afterwards it tells which instances the command left: then its exit code is 1.

  --init systemd|script    PID 1 of instances (systemd); a script boots in half the time
  --minute SECONDS         seconds in a minute of \`shutdown +N\` in instances (60)
  --pending SECONDS        how long instances are pending (0.5)
  --shutting-down SECONDS  how long they shut down (0.3)
  --memory SIZE            of each machine (2G)
  --disk SIZE              of each machine's disk, which is in its memory (1500M)
  --pids NUMBER            processes of each machine (1024)
  --hide PATH              a path of this machine that instances do not have; may be given again
  --no-security-groups     lets everybody in
  --delay MS               a longer line to every SSH server: milliseconds each way (0)
  --wait SECONDS           how long instances may take to end by themselves after the command (0)
  --logs FOLDER            gets the consoles of the machines
`

/** The options before the command. Throws a sentence for what it does not understand. */
export function parseRigOptions(args: readonly string[]): RigOptions {
  const options: RigOptions = { ...DEFAULTS, hide: [], command: [] }
  const rest = [...args]
  while (rest[0]?.startsWith('-')) {
    const [name = '', inline] = rest.shift()!.split(/=(.*)/s)
    if (name === '--') break
    if (name === '--no-security-groups') options.securityGroups = false
    else readOption(options, name, inline ?? rest.shift())
  }
  if (rest.length === 0) throw new Error('No command was given')
  return { ...options, command: rest }
}

function readOption(options: RigOptions, name: string, value: string | undefined): void {
  if (!NAMES.has(name)) throw new Error(`There is no option ${name}`)
  if (value === undefined) throw new Error(`${name} needs a value`)
  const number = (least = 0) => {
    const parsed = Number(value)
    if (!(parsed >= least)) throw new Error(`Expected a number from ${least} for ${name}, got ${value}`)
    return parsed
  }
  switch (name) {
    case '--init':
      if (value !== 'systemd' && value !== 'script')
        throw new Error(`Expected systemd or script for --init, got ${value}`)
      options.init = value
      break
    case '--minute':
      options.minute = number(0.01)
      break
    case '--pending':
      options.pending = number()
      break
    case '--shutting-down':
      options.shuttingDown = number()
      break
    case '--memory':
      options.memory = toBytes(name, value)
      break
    case '--disk':
      toBytes(name, value)
      options.disk = value
      break
    case '--pids':
      options.pids = number(64)
      break
    case '--hide':
      options.hide.push(value)
      break
    case '--delay':
      options.delay = number() / 1000
      break
    case '--wait':
      options.wait = number()
      break
    case '--logs':
      options.logs = value
      break
  }
}

const NAMES = new Set([...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name))

function toBytes(name: string, value: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]?)$/.exec(value) ?? []
  if (digits === undefined) throw new Error(`Expected a size such as 2G for ${name}, got ${value}`)
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit)
}
