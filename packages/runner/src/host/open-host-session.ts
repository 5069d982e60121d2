import { Ec2Error } from '../errors.ts'
import type { HostPhase } from '../fleet/compute-provider.ts'
import { readAgentSources } from './agent-sources.ts'
import type { Connection } from './connection.ts'
import type { HostSession } from './host-session.ts'
import { identifyOwnNode, installAgent, installNode } from './install.ts'
import { createLink } from './link.ts'
import type { NodeDownload } from './official-node.ts'
import { createPorts, type Ports } from './ports.ts'
import { agentCommands, placesOf, probeHost } from './probe.ts'
import { startSession } from './session.ts'
import { toCommandLine } from './shell.ts'

export interface OpenHostSessionOptions {
  /** id of the run, for messages */
  run: string
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
  /** absolute folder on the host for store, Node and agent; by default below /var/lib, or ~/.cache without root */
  stateDir?: string
  /** where the host gets Node instead of from this machine: an official `.tar.gz` */
  node?: NodeDownload
  /** dials the same machine again when the connection is lost; without it a lost connection is a lost host */
  reconnect?: () => Promise<Connection>
  /** ports here, for what workers listen on; by default such that no other session knows of, and nobody is told that one is taken */
  ports?: Ports
}

/**
 * Brings Node and the agent to a machine, each once per content, starts the agent or finds the one that runs, and opens
 * a session with it. The session owns the connection from then on.
 * @throws Ec2Error `EC2_HOST` when the machine cannot be used, `EC2_PROTOCOL` when something else answers
 */
export async function openHostSession(
  connection: Connection,
  { signal, onPhase, stateDir, node, reconnect, ports = createPorts(() => {}) }: OpenHostSessionOptions,
): Promise<HostSession> {
  const sources = readAgentSources()
  const places = placesOf(sources)
  const probe = await probeHost(connection, places, { sources, stateDir, mine: await identifyOwnNode() })
  signal.throwIfAborted()
  if (!probe.hasNode) {
    onPhase({ phase: 'installing', detail: `Node ${process.version}` })
    await installNode(connection, probe, places, { build: node, signal })
  }
  if (!probe.hasAgent) {
    onPhase({ phase: 'installing', detail: 'agent' })
    await installAgent(connection, probe, places, sources, signal)
  }
  const { socket, start, attach } = agentCommands(probe.state, places, sources)
  if (Buffer.byteLength(socket) > 100) {
    throw new Ec2Error('EC2_HOST', `The agent's folder ${probe.state} has too long a name for a socket below it`)
  }
  try {
    if (!probe.isRunning) await connection.exec(toCommandLine(start), { signal })
  } catch (cause) {
    if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') throw cause
    throw new Ec2Error(
      'EC2_HOST',
      `The agent does not start on ${connection.name}: ${String(cause.data.stderr).trim()}`,
      { cause },
    )
  }
  const version = { node: process.version, agent: sources.hash }
  const link = createLink({ connection, reconnect, socket, attach: toCommandLine(attach), version })
  try {
    const session = await startSession(link, ports)
    signal.throwIfAborted()
    return session
  } catch (error) {
    link.close({ by: 'us' })
    throw error
  }
}
