import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encode, decode } from '../wire/codec.ts'
import { FrameReader, toFrame } from '../wire/frames.ts'
import { greet } from '../wire/handshake.ts'
import { askForPackage, type WorkerIdentity } from './ask-for-package.ts'
import { pullMissedPackages } from './package-hook.ts'
import { WORKER_ENV } from './view-protocol.ts'
import type { WorkerChannel, WorkerEntry, WorkerOrder } from './worker-channel.ts'

/**
 * The main module of a worker process: connects to the agent, learns what it is to be, and hands the channel to that
 * entry. Its other end is {@link file://./worker-relay.ts}.
 */
// Tests put fakes in the place of these.
const exit = process.exit.bind(process)
const { setImmediate } = globalThis

delete process.env[WORKER_ENV.compiled] // what tests start has nothing to do with it
const identity: WorkerIdentity = {
  socket: takeVariable(WORKER_ENV.socket),
  agent: takeVariable('VITEST_EC2_AGENT'),
  worker: process.env[WORKER_ENV.id] ?? '',
  secret: takeVariable(WORKER_ENV.secret),
}
const { agent, worker, secret } = identity
const socket = connect(identity.socket)
await once(socket, 'connect')
const rest = await greet(socket, { node: process.version, agent }, { role: 'worker-process', worker, secret })
const { channel, first } = openChannel(socket, rest)
const { entry, data, installed } = (await first) as WorkerOrder
pullMissedPackages(installed, (missed) => askForPackage(identity, missed))
const { start } = (await loadEntry(entry)) as { start: WorkerEntry }
await start(channel, data)

function takeVariable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`This is a bug: a worker without ${name}`)
  delete process.env[name]
  return value
}

async function loadEntry(entry: 'vitest' | 'function'): Promise<unknown> {
  return entry === 'vitest' ? await import('./entry-vitest.ts') : await import('./entry-function.ts')
}

/** The first message is the agent's, the others are the client's. */
function openChannel(wire: Socket, early: Buffer): { channel: WorkerChannel; first: Promise<unknown> } {
  const { promise: first, resolve: start } = Promise.withResolvers<unknown>()
  const reader = new FrameReader()
  const waiting: unknown[] = []
  let hasStarted = false
  let onMessage: ((message: unknown) => void) | undefined
  let onClose: (() => void) | undefined

  const read = (chunk: Buffer) => {
    reader.push(chunk)
    for (let frame = reader.next(); frame; frame = reader.next()) {
      const message = decode(frame)
      if (!hasStarted) start(message)
      else if (onMessage) onMessage(message)
      else waiting.push(message)
      hasStarted = true
    }
  }
  wire.on('data', read)
  wire.on('error', () => {}) // `close` follows
  // Whoever is without an agent has nobody to work for.
  wire.on('close', () => {
    onClose?.()
    setImmediate(() => exit(1))
  })
  read(early)
  wire.resume()
  const channel: WorkerChannel = {
    send(message) {
      for (const piece of toFrame(encode(message))) wire.write(piece)
    },
    report(report) {
      for (const piece of toFrame(Buffer.from(JSON.stringify(report)))) wire.write(piece)
    },
    onMessage(listener) {
      onMessage = listener
      for (const message of waiting.splice(0)) listener(message)
    },
    onClose(listener) {
      onClose = listener
    },
  }
  return { channel, first }
}
