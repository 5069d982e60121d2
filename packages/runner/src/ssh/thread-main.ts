import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Client } from 'ssh2'
import type { HostAddress } from '../host/connection.ts'
import { PortStream } from '../threads/port-stream.ts'
import { describeFailure } from '../wire/failure.ts'
import { dial } from './dial.ts'
import { openStreamLocal } from './ssh-clients.ts'
import type { SocketAnswer, SocketRequest } from './ssh-thread.ts'

// For each packet Node tries whether its key is an object, by an error that it drops. Most of what that takes is the stack.
Error.stackTraceLimit = 0

let connected: Promise<Client> | undefined

/** A thread with one SSH connection, see `createSshThread`. */
parentPort!.on('message', (request: SocketRequest) => void open(request))

async function open({ path, port }: SocketRequest): Promise<void> {
  let channel: Duplex
  try {
    channel = await openStreamLocal(await (connected ??= connect()), path)
  } catch (error) {
    const { reason: refused } = error as { reason?: unknown }
    port.postMessage({ failure: describeFailure(error), refused } satisfies SocketAnswer)
    return
  }
  port.postMessage({ ok: true } satisfies SocketAnswer)
  const stream = new PortStream(port)
  await pipeline(stream, channel, stream).catch(() => {})
}

async function connect(): Promise<Client> {
  try {
    const client = await dial(workerData as HostAddress, { signal: new AbortController().signal })
    client.once('close', () => process.exit())
    return client
  } catch (error) {
    connected = undefined // whoever is next tries again
    throw error
  }
}
