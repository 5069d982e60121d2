import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2'
import { Ec2Error } from '../errors.ts'
import { ChannelStream } from './channel-stream.ts'

/** sshd takes ten sessions on one connection; one is left for whoever is in between. */
const MAX_SESSIONS = 8

/** A peer that does not answer does not hang up either. */
const END_TIMEOUT_MS = 1000

/** A session channel and what gives its place back. */
export interface Session {
  channel: ClientChannel
  client: Client
}

/** The connections to one host: more than one only when sessions or bulk streams ask for it. */
export interface SshClients {
  /** runs a command on whichever connection has room */
  exec(command: string, pty?: PseudoTtyOptions): Promise<Session>
  /** the connection for small messages, or the one for bulk */
  get(kind: 'control' | 'bulk'): Promise<Client>
  end(): void
}

export function createSshClients(control: Client, dial: () => Promise<Client>): SshClients {
  const sessions = new Map<Client, number>([[control, 1]])
  let bulk: Promise<Client> | undefined
  let spare: Promise<Client> | undefined
  let isEnded = false

  return {
    async exec(command, pty) {
      for (;;) {
        if (isEnded) throw connectionLost()
        const client = [...sessions].find(([, count]) => count < MAX_SESSIONS)?.[0] ?? (await more())
        const count = sessions.get(client) ?? 0
        if (count >= MAX_SESSIONS) continue // taken while we waited
        sessions.set(client, count + 1)
        const release = () => sessions.has(client) && sessions.set(client, (sessions.get(client) ?? 1) - 1)
        try {
          const channel = await open(client, command, pty)
          channel.once('close', release)
          return { client, channel }
        } catch (error) {
          release()
          throw error
        }
      }
    },
    async get(kind) {
      if (isEnded) throw connectionLost()
      if (kind === 'control') return control
      bulk ??= connect(() => (bulk = undefined))
      return await bulk
    },
    end() {
      isEnded = true
      const clients = [...sessions.keys()]
      for (const client of clients) client.end()
      setTimeout(() => clients.forEach((client) => client.destroy()), END_TIMEOUT_MS).unref()
    },
  }

  async function more(): Promise<Client> {
    spare ??= connect(() => {}).finally(() => (spare = undefined))
    return await spare
  }

  async function connect(onGone: () => void): Promise<Client> {
    try {
      const client = await dial()
      if (isEnded) client.end()
      sessions.set(client, 1)
      client.once('close', () => {
        sessions.delete(client)
        onGone()
      })
      return client
    } catch (error) {
      onGone()
      throw error
    }
  }
}

async function open(client: Client, command: string, pty: PseudoTtyOptions | undefined): Promise<ClientChannel> {
  return await guarded(client, (done) => client.exec(command, pty ? { pty } : {}, done))
}

/** A stream to a unix socket on the host. */
export async function openStreamLocal(client: Client, path: string): Promise<ChannelStream> {
  const channel = await guarded<ClientChannel>(client, (done) => client.openssh_forwardOutStreamLocal(path, done))
  return new ChannelStream(client, channel)
}

/** ssh2 never calls back when the connection dies first, and throws when it is dead already. */
async function guarded<T>(
  client: Client,
  start: (done: (error: Error | undefined, value: T) => void) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onClose = () =>
    reject(new Ec2Error('EC2_UNREACHABLE', 'The SSH connection was lost', { data: { reason: 'lost' } }))
  client.once('close', onClose)
  try {
    start((error, value) => (error ? reject(error) : resolve(value)))
    return await promise
  } finally {
    client.off('close', onClose)
  }
}

function connectionLost(): Ec2Error {
  return new Ec2Error('EC2_UNREACHABLE', 'The SSH connection was lost', { data: { reason: 'lost' } })
}
