import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { extname, join } from 'node:path'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { HostAddress } from '../host/connection.ts'
import { PortStream } from '../threads/port-stream.ts'
import { startThread } from '../threads/start-thread.ts'
import { reviveFailure, type Failure } from '../wire/failure.ts'

/** A stream to a socket is asked for, and answered over the port; then the port is the stream. */
export interface SocketRequest {
  path: string
  port: MessagePort
}
export type SocketAnswer = { ok: true } | { failure: Failure; refused?: unknown }

/**
 * One more SSH connection, in a thread of its own. To encrypt what a workspace has takes seconds of a processor, and memory
 * that comes and goes so fast that the garbage collector looks through all that there is again and again; in here there is
 * little, and tests and their reports go on outside.
 */
export interface SshThread {
  /** @throws what `dial` throws, and what `isRefusedSocket` knows */
  openSocket(path: string): Promise<Duplex>
  end(): void
}

/** Whether a host has no such socket, or forbids to use it: ssh2 gives the errors of channels, and only these, a reason. */
export function isRefusedSocket(error: unknown): boolean {
  return (error as { reason?: unknown }).reason !== undefined
}

/** Without a stream for so long it ends, and the next one begins anew. */
const IDLE_MS = 10_000

export function createSshThread(address: HostAddress): SshThread {
  let worker: Worker | undefined
  let streams = 0
  let idle: NodeJS.Timeout | undefined
  return {
    async openSocket(path) {
      clearTimeout(idle)
      streams += 1
      try {
        return await open(path)
      } catch (error) {
        ended()
        throw error
      }
    },
    end,
  }

  async function open(path: string): Promise<Duplex> {
    worker ??= start()
    const { port1, port2 } = new MessageChannel()
    const answered = once(port1, 'message') as Promise<[SocketAnswer]>
    worker.postMessage({ path, port: port2 } satisfies SocketRequest, [port2])
    const [answer] = await Promise.race([answered, gone(port1)])
    if ('failure' in answer) {
      port1.close()
      throw answer.refused === undefined
        ? reviveFailure(answer.failure)
        : Object.assign(new Error(answer.failure.message), { reason: answer.refused })
    }
    const stream = new PortStream(port1)
    stream.once('close', ended)
    return stream
  }

  function start(): Worker {
    const started = startThread(join(import.meta.dirname, `thread-main${extname(import.meta.filename)}`), address)
    started.once('error', () => {}) // told by the end of each stream
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    return started
  }

  function ended(): void {
    streams -= 1
    if (streams === 0) idle = setTimeout(end, IDLE_MS).unref()
  }

  function end(): void {
    clearTimeout(idle)
    void worker?.terminate()
    worker = undefined
  }
}

async function gone(port: MessagePort): Promise<never> {
  await once(port, 'close')
  throw new Error('The thread of the SSH connection ended')
}
