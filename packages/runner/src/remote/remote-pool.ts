import { randomUUID } from 'node:crypto'
import type { Transferable } from 'node:worker_threads'
import { Ec2Error } from '../errors.ts'
import { packagesOf } from './function-runner.ts'
import { mapInOrder } from './map-in-order.ts'
import { packagesOfModule } from './module-packages.ts'
import { resolvePoolOptions, toPath, type RemotePoolOptions, type ResolvedPoolOptions } from './pool-options.ts'
import { PoolWorker } from './pool-worker.ts'
import { aborted, TaskQueue, type Task } from './task-queue.ts'
import { toTravelling } from './to-call.ts'

/** A line to the task's own `process.on('message')` and `process.send`, as Tinypool has it. */
export interface TaskChannel {
  onMessage?: (callback: (message: never) => void) => void
  postMessage?: (message: never) => void
  onClose?: () => void
}

export interface RunOptions {
  /** as in the pool's options */
  filename?: string | URL
  name?: string
  /** ends the task, and its worker with it */
  signal?: AbortSignal
  channel?: TaskChannel
  /** of these buffers the task has the content, and this process no more */
  transferList?: readonly Transferable[]
}

/**
 * Runs tasks on workers of many hosts, with Tinypool's interface: exports of a module by name, one at a time per worker,
 * first come first served. Hosts are launched when tasks wait, and ended by `destroy()`. A task whose host is lost runs again
 * on another.
 */
export class RemotePool implements AsyncDisposable {
  readonly #options: ResolvedPoolOptions
  readonly #queue: TaskQueue
  readonly #workers = new Set<PoolWorker>()
  readonly #closing = new AbortController()
  #completed = 0
  #destroying: Promise<void> | undefined

  /** @throws Ec2Error `EC2_OPTIONS` */
  constructor(options: RemotePoolOptions = {}) {
    this.#options = resolvePoolOptions(options, `pool-${randomUUID().slice(0, 8)}`)
    this.#queue = new TaskQueue(this.#options.maxQueue)
  }

  /**
   * Calls an export of the module with one argument.
   * @throws what the task threw; `AbortError`; Ec2Error `EC2_FUNCTION` when its worker ended, `EC2_HOST_LOST` when too many hosts did
   */
  async run(task: unknown, options: RunOptions = {}): Promise<unknown> {
    const { name = this.#options.name, signal, channel, transferList = [] } = options
    const filename = options.filename === undefined ? this.#options.filename : toPath(options.filename)
    if (filename === undefined) {
      throw new Ec2Error('EC2_OPTIONS', 'filename must be provided to run() or in the options of the pool')
    }
    // Taken now: what the caller does with it afterwards changes nothing.
    const args = [structuredClone(task, { transfer: [...transferList] as ArrayBuffer[] })]
    return await this.#submit({
      fn: { module: filename, name },
      args,
      packages: packagesOfModule(filename),
      signal,
      channel,
    })
  }

  /**
   * Calls a function with each item, on all workers, and yields how each call ended, in the order of the items: one that fails
   * takes none with it. The function travels as that of `host.run`.
   * @yields as `Promise.allSettled`
   */
  async *map<I, T>(
    items: Iterable<I> | AsyncIterable<I>,
    fn: (item: I) => T,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<PromiseSettledResult<Awaited<T>>, void> {
    const call = async (item: I): Promise<Awaited<T>> => {
      const travelling = await toTravelling(fn, [item])
      const packages = packagesOf(travelling)
      return (await this.#submit({ fn: travelling, args: [item], packages, signal, channel: undefined })) as Awaited<T>
    }
    yield* mapInOrder(items, call, this.#options.source.size * 2)
  }

  get queueSize(): number {
    return this.#queue.size
  }

  /** tasks that have ended */
  get completed(): number {
    return this.#completed
  }

  /** the workers that there are now */
  get threads(): readonly { readonly host: string | undefined; readonly pid: number | undefined }[] {
    return [...this.#workers]
  }

  cancelPendingTasks(): void {
    this.#queue.rejectAll(aborted())
  }

  /** Ends all workers, and all hosts that were launched. Tasks that run or wait are rejected. Idempotent. */
  async destroy(): Promise<void> {
    this.#destroying ??= this.#destroy()
    await this.#destroying
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy()
  }

  async #submit(task: Omit<Task, 'lost' | 'resolve' | 'reject'>): Promise<unknown> {
    if (task.signal?.aborted) throw aborted()
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#queue.push({ ...task, lost: 0, resolve, reject })
    this.#schedule()
    try {
      return await promise
    } finally {
      this.#completed += 1
      task.channel?.onClose?.()
    }
  }

  #schedule(): void {
    for (const worker of this.#workers) if (worker.isIdle) this.#give(worker)
    const { size } = this.#options.source
    const opening = [...this.#workers].filter((worker) => worker.isOpening).length
    for (let more = this.#queue.size - opening; more > 0 && this.#workers.size < size; more -= 1) this.#open()
  }

  #open(): void {
    const worker = new PoolWorker(this.#options, this.#closing.signal)
    this.#workers.add(worker)
    worker.onIdle = () => this.#schedule()
    worker.onGone = (task, error) => {
      this.#workers.delete(worker)
      if (task) this.#again(task, error)
      // Nobody can be had for those who wait: the last to try says why.
      else if (error !== undefined && this.#workers.size === 0) this.#queue.rejectAll(error)
      this.#schedule()
    }
    const next = this.#queue.shift()
    if (next) worker.start(next)
  }

  #give(worker: PoolWorker): void {
    const task = this.#queue.shift()
    if (task) worker.start(task)
  }

  #again(task: Task, error: unknown): void {
    task.lost += 1
    if (task.lost > this.#options.hostRetry || this.#closing.signal.aborted) task.reject(error)
    else this.#queue.putBack(task)
  }

  async #destroy(): Promise<void> {
    const error = new Ec2Error('EC2_ABORTED', 'The pool was destroyed')
    this.#closing.abort(error)
    this.#queue.rejectAll(error)
    await Promise.all([...this.#workers].map((worker) => worker.end(error)))
    await this.#options.source.close()
  }
}
