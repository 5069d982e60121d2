import { ForksPoolWorker, ThreadsPoolWorker, type PoolOptions, type PoolWorker } from 'vitest/node'
import { isWorkerResponse, type StartRequest, type StopRequest, type WorkerOutcome } from './messages.ts'

export type LocalPool = 'forks' | 'threads'

/** One of Vitest's own workers, on this machine. */
export class LocalWorker {
  readonly #worker: PoolWorker
  readonly #emit: (message: unknown) => void
  readonly #pool: LocalPool
  readonly #failed = Promise.withResolvers<never>()
  #expected: { type: string; resolve: (response: WorkerOutcome) => void } | undefined
  #files: readonly string[] = []

  constructor(pool: LocalPool, options: PoolOptions, emit: (message: unknown) => void) {
    this.#pool = pool
    this.#emit = emit
    this.#worker = pool === 'forks' ? new ForksPoolWorker(options) : new ThreadsPoolWorker(options)
    // It may fail when nobody waits for it.
    this.#failed.promise.catch(() => {})
  }

  /** @throws when the worker cannot be started, with the reason */
  async start(request: StartRequest, poolId: number): Promise<void> {
    await this.#worker.start()
    this.#worker.on('message', (message) => this.#take(message))
    this.#worker.on('error', (error: Error) => this.#failed.reject(error))
    this.#worker.on('exit', (code, signal) => this.#failed.reject(this.#exitError(code, signal)))
    const { error } = await this.#request('started', {
      ...request,
      poolId,
      context: { ...request.context, pool: this.#pool },
    })
    if (error !== undefined) throw error
  }

  /** Resolves when the files are done. @throws when the worker ends before that */
  async run(message: { context: { files: { filepath: string }[] } }): Promise<WorkerOutcome> {
    this.#files = message.context.files.map(({ filepath }) => filepath)
    return await this.#request('testfileFinished', message)
  }

  forward(message: unknown): void {
    this.#worker.send(message as never)
  }

  /** Lets the environment go and ends the process; returns what went wrong in the teardown. Never throws. */
  async stop(request?: StopRequest): Promise<unknown> {
    const response = request && (await this.#request('stopped', request).catch(() => undefined))
    await this.#worker.stop().catch(() => {})
    return response?.error
  }

  async #request(type: string, message: unknown): Promise<WorkerOutcome> {
    const { promise, resolve } = Promise.withResolvers<WorkerOutcome>()
    this.#expected = { type, resolve }
    this.forward(message)
    return await Promise.race([promise, this.#failed.promise])
  }

  #take(raw: unknown): void {
    const message = this.#worker.deserialize(raw)
    if (!isWorkerResponse(message)) this.#emit(message)
    else if (message.type === this.#expected?.type) this.#expected.resolve(message)
  }

  #exitError(code: unknown, signal: unknown): Error {
    const how =
      typeof code === 'number' ? ` with exit code ${code}` : typeof signal === 'string' ? ` with ${signal}` : ''
    const files = this.#files.length > 0 ? ` while running ${this.#files.join(', ')}` : ''
    return new Error(`Worker exited unexpectedly${how}${files}`)
  }
}
