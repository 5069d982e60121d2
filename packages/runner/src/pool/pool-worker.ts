import { createMethodsRPC, type PoolOptions, type PoolWorker, type WorkerRequest } from 'vitest/node'
import { isRpcReply, isRpcRequest, type RpcReply } from '../agent/entry-vitest-messages.ts'
import { Emitter } from './emitter.ts'
import { reportFailedFile } from './failed-file.ts'
import { isFilteredOut } from './filter.ts'
import { LocalWorker, type LocalPool } from './local-worker.ts'
import {
  isWorkerRequest,
  respond,
  withFiles,
  type FileSpecification,
  type RunRequest,
  type StartRequest,
  type StopRequest,
  type WorkerOutcome,
} from './messages.ts'
import type { Methods } from './module-graph.ts'
import type { PoolContext } from './pool-context.ts'
import { RemoteRun } from './remote-run.ts'
import { routeFile, type Route } from './route.ts'
import type { Place } from './semaphore.ts'

export interface PoolWorkerSettings {
  /** Vitest's pool for files that stay here */
  local: LocalPool
  /** nothing leaves this machine: a neighbour whose files count against the same number of local workers */
  localOnly?: boolean
  /** of this machine, for each local worker what CUDA_VISIBLE_DEVICES is */
  gpus?: readonly string[]
}

/**
 * One worker as Vitest sees it. It has started before it is asked, and becomes a worker of this machine or of a host
 * when it is told what to run: so no file waits for another's host, and none that stays here for any.
 */
export class Ec2PoolWorker implements PoolWorker {
  readonly name = 'ec2'
  readonly cacheFs = true
  readonly #options: PoolOptions
  readonly #context: PoolContext
  readonly #settings: PoolWorkerSettings
  readonly #emitter = new Emitter()
  readonly #methods: Methods
  #cancel = new AbortController()
  #start: StartRequest | undefined
  #local: { worker: LocalWorker; place: Place } | undefined
  #remote: RemoteRun | undefined
  #isStopped = false

  constructor(options: PoolOptions, context: PoolContext, settings: PoolWorkerSettings) {
    this.#options = options
    this.#context = context
    this.#settings = settings
    this.#methods = createMethodsRPC(options.project, { collect: options.method === 'collect' })
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#emitter.on(event, listener)
  }
  off(event: string, listener: (...args: unknown[]) => void): void {
    this.#emitter.off(event, listener)
  }
  deserialize(data: unknown): unknown {
    return data
  }
  async start(): Promise<void> {}

  send(message: WorkerRequest): void {
    const received: unknown = message
    if (isRpcReply(received)) return this.#reply(received)
    if (!isWorkerRequest(received)) return this.#tellAll(received)
    if (received.type === 'start') {
      this.#start = received
      queueMicrotask(() => this.#emit(respond('started')))
    } else if (received.type === 'stop') void this.#tearDown(received)
    else if (received.type === 'run' || received.type === 'collect') void this.#run(received)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel.abort(new Error('stopped'))
    await Promise.all([this.#stopLocal(), this.#remote?.stop()])
  }

  /** Never rejects: whatever goes wrong is told to Vitest. */
  async #run(request: RunRequest): Promise<void> {
    if (this.#cancel.signal.aborted && !this.#isStopped) this.#cancel = new AbortController()
    try {
      const outcomes: WorkerOutcome[] = []
      const groups = await this.#group(request)
      for (const { route, files } of groups) {
        if (route.to === 'host') this.#context.expectFiles(route.kind, files.length)
      }
      for (const { route, files } of groups) {
        if (this.#cancel.signal.aborted) this.#cancelFiles(files)
        else if (route.to === 'local') outcomes.push(await this.#runLocal(withFiles(request, files)))
        else outcomes.push(await this.#runRemote(route.kind, withFiles(request, files)))
      }
      const error = outcomes.find((outcome) => outcome.error !== undefined)?.error
      const usedMemory = outcomes.at(-1)?.usedMemory
      this.#emit(respond('testfileFinished', { error, ...(usedMemory !== undefined && { usedMemory }) }))
    } catch (error) {
      this.#emitter.emit('error', error)
    }
  }

  /** Consecutive files of the same route run together; a file with a wrong route fails alone. */
  async #group(request: RunRequest): Promise<{ route: Route; files: FileSpecification[] }[]> {
    const groups: { route: Route; files: FileSpecification[] }[] = []
    for (const file of request.context.files) {
      try {
        const route = await this.#route(file, request.type)
        const last = groups.at(-1)
        if (last && isSame(last.route, route)) last.files.push(file)
        else groups.push({ route, files: [file] })
      } catch (error) {
        await reportFailedFile(this.#options.project, this.#methods, file, error)
      }
    }
    return groups
  }

  async #route(file: FileSpecification, method: 'run' | 'collect'): Promise<Route> {
    const { project } = this.#options
    if (method === 'collect' || this.#settings.localOnly) return { to: 'local' }
    const route = routeFile(file, project, this.#context.options)
    return route.to === 'host' && (await isFilteredOut(file, project)) ? { to: 'local' } : route
  }

  async #runLocal(request: RunRequest): Promise<WorkerOutcome> {
    if (!this.#local) {
      const place = await this.#context.local.acquire()
      if (this.#cancel.signal.aborted) {
        place.release()
        this.#cancelFiles(request.context.files)
        return respond('testfileFinished')
      }
      const options = withGpu(this.#options, this.#settings.gpus, place.number)
      const worker = new LocalWorker(this.#settings.local, options, (message) => this.#emit(message))
      this.#local = { worker, place }
      await worker.start(this.#start!, place.number)
    }
    return await this.#local.worker.run(request)
  }

  async #runRemote(kind: string, request: RunRequest): Promise<WorkerOutcome> {
    if (this.#remote?.kind !== kind) {
      await this.#remote?.stop()
      this.#remote = new RemoteRun({
        kind,
        context: this.#context,
        options: this.#options,
        methods: this.#methods,
        start: this.#start!,
        emit: (message) => this.#emit(message),
        cancelFiles: (files) => this.#cancelFiles(files),
        runLocal: (local) => this.#runLocal(local),
      })
    }
    return await this.#remote.run(request, this.#cancel.signal)
  }

  #reply(message: RpcReply): void {
    if (!this.#remote?.reply(message)) this.#local?.worker.forward(message)
  }

  #tellAll(message: unknown): void {
    if (isRpcRequest(message) && message.m === 'onCancel') {
      this.#cancel.abort(new Error(`cancelled: ${String(message.a[0])}`))
    }
    this.#local?.worker.forward(message)
    this.#remote?.forward(message)
  }

  async #tearDown(request: StopRequest): Promise<void> {
    const errors = await Promise.all([this.#stopLocal(request), this.#remote?.stop(request)])
    this.#emit(respond('stopped', { error: errors.find((error) => error !== undefined) }))
  }

  async #stopLocal(request?: StopRequest): Promise<unknown> {
    const local = this.#local
    if (!local) return undefined
    this.#local = undefined
    const error = await local.worker.stop(request)
    local.place.release()
    return error
  }

  /** Files that will not run any more are counted all the same. */
  #cancelFiles(files: FileSpecification[]): void {
    const { project } = this.#options
    project.vitest.state.cancelFiles(files, project)
  }

  #emit(message: unknown): void {
    this.#emitter.emit('message', message)
  }
}

function withGpu(options: PoolOptions, gpus: readonly string[] = [], place: number): PoolOptions {
  const gpu = gpus[(place - 1) % gpus.length]
  return gpu === undefined ? options : { ...options, env: { ...options.env, CUDA_VISIBLE_DEVICES: gpu } }
}

function isSame(a: Route, b: Route): boolean {
  return a.to === b.to && (a.to === 'local' || (b.to === 'host' && a.kind === b.kind))
}
