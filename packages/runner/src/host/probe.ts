import { Ec2Error } from '../errors.ts'
import type { AgentSources } from './agent-sources.ts'
import type { Connection } from './connection.ts'
import { quote } from './shell.ts'

/** What one command tells of a machine before anything is brought there. */
export interface Probe {
  platform: string
  arch: string
  libc: 'glibc' | 'musl'
  /** the agent's folder there */
  state: string
  freeBytes: number
  hasNode: boolean
  hasAgent: boolean
  /** an agent of this version runs: one did, or was started */
  isRunning: boolean
  /** the client's own Node, when the machine is the client's */
  isSameMachine: boolean
}

export interface Places {
  /** folder of the Node binary below the state folder */
  node: string
  /** folder of the agent's sources below the state folder */
  agent: string
}

/** Words of command lines. */
export interface AgentCommands {
  socket: string
  start: string[]
  attach: string[]
}

export function placesOf(sources: AgentSources): Places {
  return { node: `node/${process.version}`, agent: `agent/${sources.hash}` }
}

/** How to start an agent in the state folder or find the one that runs, how to join it, and its socket. */
export function agentCommands(state: string, places: Places, sources: AgentSources): AgentCommands {
  const socket = `${state}/${sources.hash}.sock`
  const node = `${state}/${places.node}/node`
  const main = [node, '--disable-warning=ExperimentalWarning', `${state}/${places.agent}/${sources.main}`]
  return {
    socket,
    start: [...main, 'start', '--state', state, '--agent', sources.hash, '--socket', socket],
    attach: [...main, 'attach', '--socket', socket],
  }
}

/**
 * Looks at a machine, makes the agent's folder, and starts the agent when all it needs is there: one command for what most
 * runs need, as each costs two round trips.
 * @throws Ec2Error `EC2_HOST` when the machine cannot be used at all
 */
export async function probeHost(
  connection: Connection,
  places: Places,
  { sources, stateDir, mine }: { sources: AgentSources; stateDir: string | undefined; mine: string | undefined },
): Promise<Probe> {
  let stdout: string
  try {
    ;({ stdout } = await connection.exec(toScript(places, sources, stateDir)))
  } catch (cause) {
    if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') throw cause
    throw new Ec2Error(
      'EC2_HOST',
      `The agent's folder cannot be made on ${connection.name}: ${String(cause.data.stderr).trim()}`,
      {
        fix: 'Make sure that the disk is not full, and that the user may write below its home.',
        cause,
      },
    )
  }
  const facts = new Map(
    stdout.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
  const fact = (name: string) => facts.get(name) ?? ''
  if (fact('platform') !== 'Linux') {
    throw new Ec2Error(
      'EC2_HOST',
      `${connection.name} runs ${fact('platform') || 'no system we know'}; hosts run Linux`,
    )
  }
  const state = fact('state')
  if (!state.startsWith('/') || /[:,\\]/.test(state)) {
    throw new Ec2Error('EC2_HOST', `The agent's folder cannot be \`${state}\` on ${connection.name}`)
  }
  return {
    platform: 'linux',
    arch: { x86_64: 'x64', aarch64: 'arm64' }[fact('arch')] ?? fact('arch'),
    libc: fact('musl') === 'yes' ? 'musl' : 'glibc',
    state,
    freeBytes: Number(fact('free')) * 1024,
    hasNode: fact('node') === 'yes',
    hasAgent: fact('agent') === 'yes',
    isRunning: fact('running') === 'yes',
    isSameMachine: mine !== undefined && fact('same') === mine,
  }
}

/** With root or sudo below /var/lib: a workspace may lie anywhere in a home. A user has a folder of its own. */
function toScript(places: Places, sources: AgentSources, stateDir: string | undefined): string {
  const { node, agent } = places
  const start = agentCommands('$state', places, sources)
    .start.map((word) => `"${word}"`)
    .join(' ')
  return `
set -eu
echo platform=$(uname -s)
echo arch=$(uname -m)
if ldd --version 2>&1 | grep -qi musl; then echo musl=yes; fi
uid=$(id -u)
state=${stateDir === undefined ? '/var/lib/vitest-ec2/$uid' : quote(stateDir)}
if [ "$uid" = 0 ] || ${stateDir === undefined ? 'false' : 'true'}; then mkdir -p "$state"
elif sudo -n install -d -m 755 /var/lib/vitest-ec2 2>/dev/null && sudo -n install -d -m 755 -o "$uid" -g "$(id -g)" "$state" 2>/dev/null; then :
else state=\${XDG_CACHE_HOME:-$HOME/.cache}/vitest-ec2; mkdir -p "$state"
fi
cd "$state"
state=$(pwd -P)
echo state=$state
echo free=$(df -Pk . | awk 'NR == 2 { print $4 }')
if [ -x ${node}/node ]; then echo node=yes; fi
if [ -d ${agent} ]; then echo agent=yes; fi
echo same=$(cat /proc/sys/kernel/random/boot_id):$(stat -L -c %d:%i ${quote(process.execPath)} 2>/dev/null || true)
if [ -x ${node}/node ] && [ -d ${agent} ] && ${start} >/dev/null 2>&1; then echo running=yes; fi
`
}
