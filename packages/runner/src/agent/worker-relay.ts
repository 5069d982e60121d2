import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { encode } from '../wire/codec.ts'
import { FrameReader, toFrame } from '../wire/frames.ts'
import { MessageStream } from '../wire/message-stream.ts'
import type { AgentEvent, WorkerSpec } from '../wire/protocol.ts'
import { REPORT_BYTE, type WorkerOrder, type WorkerReport } from './worker-channel.ts'

/** Bytes that a worker may print ahead of the client, per stream. */
const OUTPUT_WINDOW_BYTES = 1 << 20
/** The same while nobody is there, who may come back: what is printed beyond it is gone, but the worker goes on. */
const UNATTENDED_WINDOW_BYTES = 64 << 20
/** A process that is gone has closed what it wrote to; if not, somebody holds it whom nobody waits for. */
const REST_MS = 1000
const MAX_REST_MS = 10_000

type OutputName = 'stdout' | 'stderr'

/**
 * One worker, as the agent has it: messages pass unread between the client's stream and the process's socket, what is
 * printed becomes events. Neither side can fill the agent's memory: whoever is ahead is not read until the other follows.
 */
export class WorkerRelay {
  readonly id: string
  readonly secret: string = randomBytes(16).toString('hex')
  readonly stream: MessageStream = new MessageStream()
  /** nothing until the client has said what it is to be */
  spec: WorkerSpec | undefined
  /** names of packages that the client could bring */
  installed: readonly string[] = []
  readonly #tell: (event: AgentEvent) => void
  readonly #outputs = new Map<OutputName, Output>()
  #socket: Socket | undefined
  #exited = false
  #report: WorkerReport = { files: {}, isAtWork: false }
  #workedAt = 0
  #keep: ((printed: Buffer) => void) | undefined
  #goOn: (() => void) | undefined

  constructor(id: string, tell: (event: AgentEvent) => void) {
    this.id = id
    this.#tell = tell
    this.stream.onMessage((payload) => this.#toProcess(payload))
    this.stream.pause() // until the process is there
  }

  get isRunning(): boolean {
    return this.spec !== undefined && !this.#exited
  }

  /** how far it is, as it says itself */
  get report(): WorkerReport {
    return this.#report
  }
  get isAtWork(): boolean {
    return this.isRunning && this.#report.isAtWork
  }
  /** when it was at work last (ms since 1970) */
  get workedAt(): number {
    return this.isAtWork ? Date.now() : this.#workedAt
  }

  /**
   * Nobody takes what it says: it is not held up by that.
   * @param keep takes what it has printed that nobody took, and what it prints from now on
   */
  leaveAlone(keep: (printed: Buffer) => void): void {
    this.#keep = keep
    this.#goOn?.()
    for (const { socket, untaken } of this.#outputs.values()) {
      for (const printed of untaken) keep(printed)
      socket.resume()
    }
  }

  /** Somebody does again. */
  rejoin(): void {
    this.#keep = undefined
  }

  /** The process has connected: what it is to be is its first message, then the client's follow. */
  connectProcess(socket: Socket, rest: Buffer): void {
    this.#socket?.destroy()
    this.#socket = socket
    for (const piece of toFrame(encode(this.#order()))) socket.write(piece)
    socket.on('drain', () => this.stream.resume())
    const reader = new FrameReader()
    let isWaiting = false
    const read = async () => {
      if (isWaiting) return
      for (let frame = reader.next(); frame; frame = reader.next()) {
        if (this.#exited && !this.stream.isAttached) break
        if (frame[0] === REPORT_BYTE) {
          this.#note(JSON.parse(frame.toString()) as WorkerReport)
          continue
        }
        if (this.stream.send(frame) || this.#keep) continue
        isWaiting = true
        socket.pause()
        await Promise.race([this.stream.drained(), new Promise<void>((resolve) => (this.#goOn = resolve))])
        isWaiting = false
      }
      socket.resume()
    }
    const onData = (chunk: Buffer) => {
      reader.push(chunk)
      read().catch(() => socket.destroy()) // closed by the client, or nonsense
    }
    socket.on('data', onData)
    if (rest.length > 0) onData(rest)
    socket.resume()
    this.stream.resume()
  }

  #order(): WorkerOrder {
    const { entry = 'function', data } = this.spec ?? {}
    return { entry, data, installed: this.installed }
  }

  connectOutput(name: OutputName, socket: Socket, rest: Buffer): void {
    const output: Output = { socket, ahead: 0, untaken: [] }
    this.#outputs.set(name, output)
    const onData = (data: Buffer) => {
      if (this.#keep && output.ahead >= UNATTENDED_WINDOW_BYTES) return
      output.ahead += data.length
      output.untaken.push(data)
      this.#keep?.(data)
      if (output.ahead >= OUTPUT_WINDOW_BYTES && !this.#keep) socket.pause()
      this.#tell({ event: 'output', worker: this.id, stream: name, data })
    }
    socket.on('data', onData).on('error', () => {})
    if (rest.length > 0) onData(rest)
    else socket.resume()
  }

  /** The client has used up that much output. */
  took(name: OutputName, bytes: number): void {
    const output = this.#outputs.get(name)
    if (!output) return
    output.ahead -= bytes
    dropBytes(output.untaken, bytes)
    if (output.ahead < OUTPUT_WINDOW_BYTES) output.socket.resume()
  }

  /** The process is gone: tells so after everything it printed and sent. */
  async exit(code: number | null, signal: string | null): Promise<void> {
    if (this.#exited) return
    this.#note({ ...this.#report, isAtWork: false })
    this.#exited = true
    this.stream.resume() // nobody reads what the client sends any more: it must not hold back what is told
    // What is left is as much as the system buffers: it is told also to a client that is behind.
    for (const output of this.#outputs.values()) {
      output.ahead = Number.NEGATIVE_INFINITY
      output.socket.resume()
      await atRest(output.socket)
      output.socket.destroy()
    }
    if (this.#socket) await atRest(this.#socket)
    await this.stream.drained()
    this.stream.end()
    this.#tell({ event: 'exit', worker: this.id, code, signal })
  }

  close(): void {
    this.stream.close({ by: 'us' })
    this.#socket?.destroy()
    for (const { socket } of this.#outputs.values()) socket.destroy()
  }

  #note(report: WorkerReport): void {
    if (this.#report.isAtWork) this.#workedAt = Date.now()
    this.#report = report
  }

  #toProcess(payload: Buffer): void {
    if (!this.#socket?.writable) return // exited: nobody listens any more
    for (const piece of toFrame(payload)) this.#socket.write(piece)
    if (this.#socket.writableNeedDrain) this.stream.pause()
  }
}

interface Output {
  socket: Socket
  /** bytes told and not used up, and these themselves */
  ahead: number
  untaken: Buffer[]
}

function dropBytes(chunks: Buffer[], bytes: number): void {
  for (let first = chunks[0]; first && bytes > 0; first = chunks[0]) {
    if (first.length <= bytes) chunks.shift()
    else chunks[0] = first.subarray(bytes)
    bytes -= first.length
  }
}

/** Resolves when a socket has closed, or nothing more comes from it. */
async function atRest(socket: Socket): Promise<void> {
  if (socket.closed) return
  const closed = once(socket, 'close').then(
    () => true,
    () => true,
  )
  const until = Date.now() + MAX_REST_MS
  for (let before = -1; before !== socket.bytesRead && Date.now() < until;) {
    before = socket.bytesRead
    if (await Promise.race([closed, sleep(REST_MS, false)])) return
    await setImmediate() // an agent that was held up reads what lies there before it goes by the time
  }
}
