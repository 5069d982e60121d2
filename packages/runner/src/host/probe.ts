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
  /** the client's own Node, when the machine is the client's */
  isSameMachine: boolean
}

export interface Places {
  /** folder of the Node binary below the state folder */
  node: string
  /** folder of the agent's sources below the state folder */
  agent: string
}

export function placesOf(sources: AgentSources): Places {
  return { node: `node/${process.version}`, agent: `agent/${sources.hash}` }
}

/** Looks at a machine, and makes the agent's folder. @throws Ec2Error `EC2_HOST` when it cannot be used at all */
export async function probeHost(
  connection: Connection,
  places: Places,
  { stateDir, mine }: { stateDir: string | undefined; mine: string | undefined },
): Promise<Probe> {
  let stdout: string
  try {
    ;({ stdout } = await connection.exec(toScript(places, stateDir)))
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
    isSameMachine: mine !== undefined && fact('same') === mine,
  }
}

/** With root or sudo below /var/lib: a workspace may lie anywhere in a home. A user has a folder of its own. */
function toScript({ node, agent }: Places, stateDir: string | undefined): string {
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
echo state=$(pwd -P)
echo free=$(df -Pk . | awk 'NR == 2 { print $4 }')
if [ -x ${node}/node ]; then echo node=yes; fi
if [ -d ${agent} ]; then echo agent=yes; fi
echo same=$(cat /proc/sys/kernel/random/boot_id):$(stat -L -c %d:%i ${quote(process.execPath)} 2>/dev/null || true)
`
}
