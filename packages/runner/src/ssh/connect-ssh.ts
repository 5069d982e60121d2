import type { Duplex, Readable } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import { commandFailed } from '../host/command-failed.ts'
import type { CloseReason, Connection, HostAddress, RemoteProcess } from '../host/connection.ts'
import { feed } from '../host/feed.ts'
import { ChannelStream } from './channel-stream.ts'
import { dial } from './dial.ts'
import { forward } from './open-transport.ts'
import { createSshClients, openStreamLocal, type Session } from './ssh-clients.ts'
import { createSshThread, isRefusedSocket } from './ssh-thread.ts'

export interface ConnectSshOptions {
  signal: AbortSignal
  /** brings the bytes to the host instead of TCP: a tunnel; called once per connection */
  transport?: (() => Promise<Duplex>) | undefined
}

/**
 * Connects to a machine over SSH.
 * @throws Ec2Error `EC2_UNREACHABLE` (`data.reason`: `refused`, `timeout`, `name`, `route`, `authentication`, `handshake`,
 * `lost`), `EC2_HOST_KEY`
 */
export async function connectSsh(address: HostAddress, { signal, transport }: ConnectSshOptions): Promise<Connection> {
  const never = new AbortController().signal
  const control = await dial(address, { signal, transport })
  const clients = createSshClients(control, () => dial(address, { signal: never, transport }))
  const thread = transport ? undefined : createSshThread(address)
  const name = address.alias ?? `${address.user}@${address.host}`
  const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>()
  let lastError: Error | undefined
  let isForwardingRefused = false
  control.on('error', (error) => (lastError = error))
  control.once('close', () => {
    const error = new Ec2Error('EC2_HOST_LOST', `The SSH connection to ${name} was lost`, { cause: lastError })
    close({ by: 'them', error })
    clients.end()
    thread?.end()
  })

  const start = async (command: string, pty?: Parameters<typeof clients.exec>[1]): Promise<Session> => {
    try {
      return await clients.exec(command, pty)
    } catch (cause) {
      if (cause instanceof Ec2Error) throw cause
      throw new Ec2Error('EC2_UNREACHABLE', `${name} starts no command: ${(cause as Error).message}`, {
        cause,
        data: { reason: 'lost' },
      })
    }
  }

  return {
    name,
    closed,
    async exec(command, { input, signal: aborted, onStdout, onStderr } = {}) {
      aborted?.throwIfAborted()
      const session = await start(command)
      const { channel } = session
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      channel.on('data', (chunk: Buffer) => onStdout?.(chunk) ?? stdout.push(chunk))
      channel.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk) ?? stderr.push(chunk))
      const { promise: calledOff, reject: callOff } = Promise.withResolvers<never>()
      const stop = (reason: unknown) => {
        end(session)
        callOff(reason)
      }
      const onAbort = () => stop(aborted?.reason)
      aborted?.addEventListener('abort', onAbort)
      try {
        const exited = ended(session)
        exited.catch(() => {}) // also when it was called off first
        feed(input, channel, stop)
        const { code, signal: by } = await Promise.race([exited, calledOff])
        const result = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
        if (code !== 0) throw commandFailed(command, name, { ...result, code, signal: by })
        return result
      } finally {
        aborted?.removeEventListener('abort', onAbort)
      }
    },
    async spawn(command, { signal: aborted, pty } = {}): Promise<RemoteProcess> {
      aborted?.throwIfAborted()
      const session = await start(command, pty && { rows: pty.rows, cols: pty.columns, term: pty.term })
      const { client, channel } = session
      const exited = ended(session)
      exited.catch(() => {}) // whoever waits for it is told
      aborted?.addEventListener('abort', () => end(session), { once: true })
      const stream = new ChannelStream(client, channel)
      return {
        stdin: stream,
        stdout: stream,
        stderr: channel.stderr as Readable,
        exited,
        resize: ({ rows, columns }) => channel.setWindow(rows, columns, 0, 0),
        kill: (by) => channel.signal(by.replace(/^SIG/, '')),
      }
    },
    async openSocket(path, { bulk = false, apart = false, attach } = {}) {
      if (!isForwardingRefused) {
        const client = apart && thread ? thread : await clients.get(bulk ? 'bulk' : 'control')
        try {
          return await ('openSocket' in client ? client.openSocket(path) : openStreamLocal(client, path))
        } catch (cause) {
          if (cause instanceof Ec2Error) throw cause
          // A host that forbids forwarding answers as one without that socket.
          if (!isRefusedSocket(cause) || attach === undefined) {
            throw new Ec2Error('EC2_UNREACHABLE', `Nothing listens on ${path} of ${name}`, {
              cause,
              data: { reason: 'refused' },
            })
          }
        }
      }
      if (attach === undefined)
        throw new Ec2Error('EC2_UNREACHABLE', `${name} forbids forwarding`, { data: { reason: 'refused' } })
      const { client, channel } = await start(attach)
      channel.stderr.resume()
      const stream = new ChannelStream(client, channel)
      // Its first answer proves that the way works where forwarding did not; a missing socket gives none.
      stream.once('data', () => (isForwardingRefused = true))
      stream.pause()
      return stream
    },
    async openPort(host, port) {
      return await forward(await clients.get('control'), host, port)
    },
    async close() {
      close({ by: 'us' })
      clients.end()
      thread?.end()
    },
  }
}

/** Closing a channel does not end what runs behind it. */
function end({ channel }: Session): void {
  channel.signal('TERM')
  channel.resume()
  channel.close()
}

async function ended({ client, channel }: Session): Promise<{ code: number | null; signal: string | null }> {
  return await new Promise((resolve, reject) => {
    const onLost = () => {
      reject(
        new Ec2Error('EC2_UNREACHABLE', 'The SSH connection was lost while a command ran', {
          data: { reason: 'lost' },
        }),
      )
    }
    client.once('close', onLost)
    // A quick command's `exit` comes before anyone can listen; `close` repeats what it said.
    channel.once('close', (code: number | null = null, name?: string | null) => {
      client.off('close', onLost)
      resolve({ code, signal: name ? `SIG${name.replace(/^SIG/, '')}` : null })
    })
  })
}
