import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { Ec2Error } from '../errors.ts'
import type { HostAddress } from '../host/connection.ts'
import { ChannelStream } from './channel-stream.ts'
import { explainFailure } from './explain-failure.ts'
import type { SshSettings } from './ssh-settings.ts'

const CONNECT_TIMEOUT_MS = 15_000

export interface DialOptions {
  signal: AbortSignal
  /** brings the bytes to the host instead of TCP: a tunnel */
  transport?: (() => Promise<Duplex>) | undefined
}
type Dial = (address: HostAddress, options: DialOptions) => Promise<Client>

/** The way for the bytes: through jump hosts, by a proxy command, or TCP. */
export async function openTransport(settings: SshSettings, dial: Dial, signal: AbortSignal): Promise<Duplex> {
  const { jumps, proxyCommand } = settings
  if (jumps.length > 0) return await jump(settings, dial, signal)
  if (proxyCommand !== undefined) return runProxy(proxyCommand)
  return await openTcp(settings, signal)
}

async function openTcp(settings: SshSettings, signal: AbortSignal): Promise<Duplex> {
  const { host, port } = settings
  const socket = connect({ host, port, noDelay: true, keepAlive: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = () => reject(signal.reason as Error)
  const timer = setTimeout(
    () => reject(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' })),
    CONNECT_TIMEOUT_MS,
  )
  signal.addEventListener('abort', onAbort)
  socket.once('connect', () => resolve()).on('error', reject)
  try {
    await promise
    return socket
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? error : explainFailure(error as Error, settings)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** The first jump is reached as it would be by itself; each next one, and the host, through the one before. */
async function jump({ jumps, host, port }: SshSettings, dial: Dial, signal: AbortSignal): Promise<Duplex> {
  let transport: Duplex | undefined
  for (const [index, address] of jumps.entries()) {
    const before = transport
    const client = await dial(address, { signal, transport: before && (async () => before) })
    const next = jumps[index + 1] ?? { host, port }
    const stream = await forward(client, next.host, next.port)
    stream.once('close', () => client.end())
    transport = stream
  }
  return transport as Duplex
}

/** A TCP connection from the far end of a client. */
export async function forward(client: Client, host: string, port: number): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (cause, channel) => {
      if (!cause) return resolve(new ChannelStream(client, channel))
      reject(
        new Ec2Error('EC2_UNREACHABLE', `${host}:${port} cannot be reached from there: ${cause.message}`, { cause }),
      )
    })
  })
}

function runProxy(command: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.on('error', () => {}) // told by the end of its output
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.once('close', () => child.kill())
  return stream
}
