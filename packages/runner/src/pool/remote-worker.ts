import { finished } from 'node:stream/promises'
import type { TestProject } from 'vitest/node'
import type { FromVitestWorker, Preload, RpcReply, ToVitestWorker } from '../agent/entry-vitest-messages.ts'
import { Ec2Error } from '../errors.ts'
import type { Lease, RemoteWorker as RemoteProcess, SpawnOptions, WorkerEnd } from '../fleet/lease.ts'
import { Boundary } from './boundary.ts'
import type { ClientDisk } from './client-disk.ts'
import type { Ledger } from './ledger.ts'
import {
  isWorkerResponse,
  type RunRequest,
  type StartRequest,
  type StopRequest,
  type WorkerOutcome,
} from './messages.ts'

/** How long the last output of a worker may take to arrive, and a worker to stop by itself (ms). */
const OUTPUT_GRACE = 1000
const STOP_GRACE = 10_000

export interface RemoteWorkerOptions {
  lease: Lease
  project: TestProject
  disk: ClientDisk
  ledger: Ledger
  /** to Vitest */
  emit: (message: unknown) => void
  /** hears of an end that nobody needs to wait for before the run does */
  onEnding: (end: Promise<void>) => void
  /** the worker wrote files too large to come home by themselves */
  onLeft: (files: { path: string; size: number }[]) => void
  /** a test asked for an environment variable that the worker does not have */
  onMissingVariable: (name: string) => void
  /** what a test printed, or the message of what it threw */
  onText: (text: string) => void
}

/** A Vitest worker on a host, on a lease of its own. The other end is {@link file://./../agent/entry-vitest.ts}. */
export class RemoteWorker {
  readonly #options: RemoteWorkerOptions
  readonly #process: RemoteProcess
  readonly #boundary: Boundary
  readonly #gone: Promise<Error>
  /** who waits for which kind of response */
  readonly #waiting = new Map<string, (response: WorkerOutcome) => void>()
  readonly #ownStop: StopRequest = { __vitest_worker_request__: true, type: 'stop' }
  #tearingDown: Promise<WorkerOutcome | undefined> | undefined
  #isStopped = false

  static async open(options: RemoteWorkerOptions, spawn: SpawnOptions): Promise<RemoteWorker> {
    return new RemoteWorker(options, await options.lease.spawn(spawn))
  }

  private constructor(options: RemoteWorkerOptions, process: RemoteProcess) {
    this.#options = options
    this.#process = process
    this.#boundary = new Boundary({
      ...options,
      send: (frame) => this.#send(frame),
      onResponse: (response) => this.#take(response),
      onFileEnd: () => this.#collect(),
    })
    const { logger } = options.project.vitest
    process.stdout.pipe(logger.outputStream, { end: false })
    process.stderr.pipe(logger.errorStream, { end: false })
    process.onMessage((message) => this.#receive(message as FromVitestWorker))
    this.#gone = process.closed.then((end) => this.#describeEnd(end))
  }

  get roundTrips(): number {
    return this.#boundary.awaited
  }

  /** Sends all that the worker needs at once; resolves when the files are done. @throws when the worker is lost */
  async run(start: StartRequest | undefined, preload: Preload, request: RunRequest): Promise<WorkerOutcome> {
    const { promise, resolve } = Promise.withResolvers<WorkerOutcome>()
    this.#waiting.set('testfileFinished', resolve)
    this.#waiting.set('started', resolve) // with an error: nothing will run
    if (request.otelCarrier) this.#ownStop.otelCarrier = request.otelCarrier
    if (start) this.forward(start)
    this.#send({ type: 'preload', preload })
    this.forward(request)
    return await Promise.race([promise, this.#throwWhenGone()])
  }

  forward(message: unknown): void {
    this.#send({ type: 'vitest', message })
  }

  reply(message: RpcReply): boolean {
    return this.#boundary.reply(message)
  }

  /**
   * Lets the worker's environment go, and the process with it: the next one may start at once, `onEnding` is told when all that
   * this one printed is here. Returns what went wrong in the teardown. Never throws.
   */
  async stop(request?: StopRequest): Promise<unknown> {
    if (this.#isStopped) return undefined
    this.#isStopped = true
    this.#boundary.end()
    const response = request && (await this.#tearDown(request))
    this.#boundary.close()
    this.#options.onEnding(this.#end())
    this.#options.lease.release()
    return response?.error
  }

  async #end(): Promise<void> {
    await this.#process.stop(0).catch(() => {})
    await this.#flushOutput()
  }

  #receive(frame: FromVitestWorker): void {
    // Vitest asks an isolated worker to stop as soon as it has heard of the end of the file, for which what was written has to
    // be here first. The worker need not wait for that, nor the next one for the answer.
    const isOver =
      frame.type === 'vitest' && isWorkerResponse(frame.message) && frame.message.type === 'testfileFinished'
    if (isOver && this.#options.project.config.isolate) void this.#tearDown(this.#ownStop)
    this.#boundary.receive(frame)
  }

  /** Once, whoever asks. */
  async #tearDown(request: StopRequest): Promise<WorkerOutcome | undefined> {
    this.#tearingDown ??= this.#askToStop(request)
    return await this.#tearingDown
  }

  async #askToStop(request: StopRequest): Promise<WorkerOutcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<WorkerOutcome | undefined>()
    this.#waiting.set('stopped', resolve)
    this.forward(request)
    const timer = setTimeout(() => resolve(undefined), STOP_GRACE)
    const response = await Promise.race([promise, this.#gone.then(() => undefined)])
    clearTimeout(timer)
    return response
  }

  #take(response: WorkerOutcome): void {
    if (response.type === 'started' && response.error === undefined) return
    this.#waiting.get(response.type)?.(response)
  }

  async #collect(): Promise<void> {
    try {
      const { left } = await this.#options.lease.collect()
      if (left.length > 0) this.#options.onLeft(left)
    } catch (error) {
      // A host that is lost is noticed by its worker; anything else must not take the results with it.
      this.#options.project.vitest.logger.error(`EC2  ${String(error)}`)
    }
  }

  #send(frame: ToVitestWorker): void {
    this.#process.send(frame)
  }

  async #throwWhenGone(): Promise<never> {
    const error = await this.#gone
    this.#boundary.close()
    throw error
  }

  async #flushOutput(): Promise<void> {
    const { stdout, stderr } = this.#process
    const signal = AbortSignal.timeout(OUTPUT_GRACE)
    await Promise.allSettled([finished(stdout, { signal }), finished(stderr, { signal })])
    stdout.unpipe()
    stderr.unpipe()
  }

  #describeEnd(end: WorkerEnd): Error {
    const { id, description } = this.#options.lease.host
    if (end.by === 'spawn') return end.error
    const data = { host: id, end }
    if (end.by === 'exit' && !isFromOutside(end.signal)) {
      const how = end.signal ? `was ended by ${end.signal}` : `exited with code ${end.code}`
      return new Ec2Error('EC2_FUNCTION', `The worker on ${id} ${how} while it ran tests`, { data })
    }
    const why = end.by === 'exit' ? `its worker was ended by ${end.signal}` : reasonOf(end)
    return new Ec2Error('EC2_HOST_LOST', `${id} (${description}) was lost under the test: ${why}`, { data })
  }
}

/** True for signals that a worker does not get for what its own code did. */
function isFromOutside(signal: string | null): boolean {
  return signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGHUP' || signal === 'SIGINT'
}

function reasonOf({ reason }: Extract<WorkerEnd, { by: 'connection' }>): string {
  return reason.by === 'them' ? reason.error.message : 'the connection was closed'
}
