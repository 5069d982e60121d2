import { Ec2Error } from '../errors.ts'
import { FunctionRunner } from './function-runner.ts'
import type { ResolvedPoolOptions } from './pool-options.ts'
import { aborted, type Task } from './task-queue.ts'
import type { PlacedWorker } from './worker-source.ts'

let lastId = 0

/** One worker of a pool, from the task for which it is opened to its end. It has one task at a time. */
export class PoolWorker {
  /** it has nothing to do */
  onIdle: () => void = () => {}
  /** it is no more; `task`: what was lost with it and may be tried elsewhere */
  onGone: (task: Task | undefined, error?: unknown) => void = () => {}
  readonly #options: ResolvedPoolOptions
  readonly #closing: AbortSignal
  #placed: PlacedWorker | undefined
  #runner: FunctionRunner | undefined
  #packages: ReadonlySet<string> = new Set()
  #task: Task | undefined
  #isGone = false

  constructor(options: ResolvedPoolOptions, closing: AbortSignal) {
    this.#options = options
    this.#closing = closing
  }

  get host(): string | undefined {
    return this.#placed?.host
  }
  get pid(): number | undefined {
    return this.#placed?.worker.pid
  }
  get isOpening(): boolean {
    return !this.#placed && !this.#isGone
  }
  get isIdle(): boolean {
    return this.#placed !== undefined && this.#task === undefined && !this.#isGone
  }

  /** Never throws: the task is answered, or given back by `onGone`. */
  start(task: Task): void {
    this.#task = task
    void this.#run(task)
  }

  async end(reason: unknown): Promise<void> {
    this.#task?.reject(reason)
    await this.#leave(undefined)
  }

  async #run(task: Task): Promise<void> {
    try {
      // Packages come with the view: a worker that lacks some is replaced.
      if (this.#placed && task.packages.some((name) => !this.#packages.has(name))) await this.#close()
      await this.#open(task)
    } catch (error) {
      task.reject(error)
      return await this.#leave(undefined, error)
    }
    try {
      const value = await this.#call(task)
      await this.#placed?.collect().catch(() => {}) // a lost host is told by its next call
      task.resolve(value)
    } catch (error) {
      if (isLost(error)) return await this.#leave(task, error)
      task.reject(error)
      if (task.signal?.aborted || isEnded(error)) return await this.#leave(undefined)
    }
    this.#task = undefined
    if (this.#options.isolateWorkers) return await this.#leave(undefined)
    if (!this.#isGone) this.onIdle()
  }

  async #open(task: Task): Promise<void> {
    if (this.#placed) return
    lastId += 1
    const { workerData, source } = this.#options
    const module = 'module' in task.fn ? task.fn.module : undefined
    const data = { workerId: lastId, workerData, ...(module !== undefined && { module }) }
    const signal = task.signal ? AbortSignal.any([task.signal, this.#closing]) : this.#closing
    try {
      this.#placed = await source.open(data, task.packages, signal)
    } catch (error) {
      throw task.signal?.aborted ? aborted() : error
    }
    this.#packages = new Set(task.packages)
    this.#runner = new FunctionRunner(this.#placed.worker)
  }

  async #call({ fn, args, signal, channel }: Task): Promise<unknown> {
    const { worker } = this.#placed!
    worker.onMessage((message) => channel?.postMessage?.(message as never))
    channel?.onMessage?.((message) => worker.send({ type: 'message', message }))
    const called = 'module' in fn ? worker.call(fn, args) : this.#runner!.call(fn, args)
    if (!signal) return await called
    called.catch(() => {}) // what is awaited may be the abort
    const { promise: stopped, reject } = Promise.withResolvers<never>()
    const onAbort = () => reject(aborted())
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([called, stopped])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #close(): Promise<void> {
    const placed = this.#placed
    this.#placed = undefined
    await placed?.end()
  }

  async #leave(task: Task | undefined, error?: unknown): Promise<void> {
    if (this.#isGone) return
    this.#isGone = true
    this.#task = undefined
    await this.#close().catch(() => {})
    this.onGone(task, error)
  }
}

function isLost(error: unknown): boolean {
  return error instanceof Ec2Error && error.code === 'EC2_HOST_LOST'
}

/** The worker, not the task, is the reason. */
function isEnded(error: unknown): boolean {
  return error instanceof Ec2Error && error.code === 'EC2_FUNCTION' && 'signal' in error.data
}
