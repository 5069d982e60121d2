import { Readable } from 'node:stream'
import type { RemoteWorker, WorkerEnd } from '../fleet/lease.ts'
import { decode, encode } from '../wire/codec.ts'
import type { MessageStream } from '../wire/message-stream.ts'
import type { AgentEvent } from '../wire/protocol.ts'
import type { CloseReason } from './connection.ts'

const STOP_GRACE_MS = 2000
/** Used-up output is told in pieces of at least that much: an eighth of what the agent sends ahead. */
const TOOK_BYTES = 128 << 10

export interface WorkerHandle {
  /** @param started its process id, once it is there */
  worker(started: Promise<number>): RemoteWorker
  readonly closed: Promise<WorkerEnd>
  receive(event: Extract<AgentEvent, { event: 'output' | 'exit' }>): void
  /** it never started */
  fail(error: Error): void
  lose(reason: CloseReason): void
}
export interface WorkerControl {
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown>
  took(stream: 'stdout' | 'stderr', bytes: number): void
}

/** A worker process on the host as the client has it: its messages are `stream`'s, the rest comes as events. */
export function createRemoteWorker(stream: MessageStream, control: WorkerControl): WorkerHandle {
  const { promise: closed, resolve: close } = Promise.withResolvers<WorkerEnd>()
  const outputs = { stdout: createOutput('stdout', control), stderr: createOutput('stderr', control) }
  const waiting: unknown[] = []
  let onMessage: ((message: unknown) => void) | undefined
  let isOver = false

  stream.onMessage((payload) => {
    const message = decode(payload)
    if (onMessage) onMessage(message)
    else waiting.push(message)
  })
  const { promise: hasEnded, resolve: end } = Promise.withResolvers<void>()
  stream.onEnd(end)
  void stream.closed.then((reason) => finish({ by: 'connection', reason }))

  const finish = (why: WorkerEnd) => {
    if (isOver) return
    isOver = true
    for (const output of Object.values(outputs)) output.end()
    stream.close({ by: 'us' })
    close(why)
  }

  const toWorker = (started: Promise<number>): RemoteWorker => ({
    started,
    send(message: unknown) {
      if (!isOver) stream.send(encode(message))
    },
    onMessage(listener: (message: unknown) => void) {
      onMessage = listener
      for (const message of waiting.splice(0)) listener(message)
    },
    stdout: outputs.stdout.readable,
    stderr: outputs.stderr.readable,
    closed,
    async stop(graceMs = STOP_GRACE_MS) {
      await started.catch(() => {}) // what has not started cannot be ended
      if (isOver) return
      const ended = closed.then(() => true)
      const isGone = async (ms: number) => {
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<boolean>((resolve) => {
          timer = setTimeout(() => resolve(false), ms)
        })
        return await Promise.race([ended, late]).finally(() => clearTimeout(timer))
      }
      if (graceMs > 0) {
        await control.kill('SIGTERM').catch(() => {})
        if (await isGone(graceMs)) return
      }
      await control.kill('SIGKILL').catch(() => {})
      await ended
    },
  })
  return {
    worker: toWorker,
    closed,
    receive(event) {
      if (event.event === 'output') outputs[event.stream].push(event.data)
      // The exit is told on another stream than the messages: those that were sent before it come first.
      else void hasEnded.then(() => finish({ by: 'exit', code: event.code, signal: event.signal }))
    },
    fail(error) {
      finish({ by: 'spawn', error })
    },
    lose(reason) {
      finish({ by: 'connection', reason })
    },
  }
}

interface Output {
  readable: Readable
  push(data: Uint8Array): void
  end(): void
}

/** What a worker prints; the host is told what was used up, and sends no more than a window ahead of it. */
function createOutput(name: 'stdout' | 'stderr', control: WorkerControl): Output {
  const waiting: Uint8Array[] = []
  let isWanted = false
  let isOver = false
  let took = 0
  const flow = () => {
    while (isWanted && waiting.length > 0) {
      const data = waiting.shift() as Uint8Array
      isWanted = readable.push(data)
      took += data.length
      if (isOver || took < TOOK_BYTES) continue
      control.took(name, took)
      took = 0
    }
    if (isOver && waiting.length === 0) readable.push(null)
  }
  const readable = new Readable({
    read() {
      isWanted = true
      flow()
    },
  })
  return {
    readable,
    push(data) {
      waiting.push(data)
      flow()
    },
    end() {
      isOver = true
      flow()
    },
  }
}
