import { debuglog } from 'node:util'
import type { PoolOptions } from 'vitest/node'
import type { RpcReply } from '../agent/entry-vitest-messages.ts'
import { Ec2Error } from '../errors.ts'
import type { Lease, LeasedHost } from '../fleet/lease.ts'
import { isBelow } from '../sync/package-resolution.ts'
import { ClientDisk } from './client-disk.ts'
import { reportFailedFile, reportUnfinishedFile } from './failed-file.ts'
import { Ledger } from './ledger.ts'
import {
  respond,
  type FileSpecification,
  type RunRequest,
  type StartRequest,
  type StopRequest,
  type WorkerOutcome,
} from './messages.ts'
import type { Methods } from './module-graph.ts'
import { runtimePackages, vitestModules } from './packages.ts'
import type { PoolContext } from './pool-context.ts'
import { prepareFiles, viteEnvironmentOf, type Preparation } from './preload.ts'
import { RemoteWorker } from './remote-worker.ts'
import type { Place } from './semaphore.ts'
import { workerEnvironment } from './worker-environment.ts'

const debug = debuglog('vitest-ec2')

/** How long a cancelled worker may take to end its tests before it is ended (ms). */
const CANCEL_GRACE = 10_000

export interface RemoteRunOptions {
  kind: string
  context: PoolContext
  options: PoolOptions
  methods: Methods
  start: StartRequest
  emit: (message: unknown) => void
  cancelFiles: (files: FileSpecification[]) => void
  runLocal: (request: RunRequest) => Promise<WorkerOutcome>
}

/** Files on hosts of one kind: on a worker as long as it lives, on another when it or its host is lost. */
export class RemoteRun {
  readonly kind: string
  readonly #options: RemoteRunOptions
  readonly #disk: ClientDisk
  readonly #ledger = new Ledger()
  #worker: RemoteWorker | undefined
  #place: Place | undefined
  #isStarted = false
  #attempt = 0
  /** of the first attempt (ms since 1970) */
  #startedAt: number | undefined

  constructor(options: RemoteRunOptions) {
    this.kind = options.kind
    this.#options = options
    this.#disk = new ClientDisk(options.options.project)
  }

  /** Never rejects for what a host did: such files are reported as failed. */
  async run(request: RunRequest, signal: AbortSignal): Promise<WorkerOutcome> {
    const outcome = await this.#run(request, signal)
    // Reporters are to find it before the run is over.
    await this.#options.context.collected()
    return outcome
  }

  async #run(request: RunRequest, signal: AbortSignal): Promise<WorkerOutcome> {
    const { options, methods, runLocal, context } = this.#options
    const { files, environment } = request.context
    this.#place ??= await context.prepared.acquire()
    if (signal.aborted) return await this.#cancelled(files)
    let preparation: Preparation
    try {
      const paths = files.map(({ filepath }) => filepath)
      preparation = await prepareFiles(options.project, methods, viteEnvironmentOf(environment.name), paths)
    } catch {
      // It cannot be transformed, so no host is needed to say so.
      return await runLocal(request)
    }
    for (let lost = 0; ;) {
      try {
        this.#worker ??= await this.#open(request, preparation, signal)
        return await this.#runOn(this.#worker, request, preparation, signal)
      } catch (error) {
        await this.#drop()
        if (signal.aborted) return await this.#cancelled(files)
        lost += 1
        if (!isLostHost(error) || lost > context.options.hostRetry) return await this.#fail(files, error)
        context.progress.say(`${(error as Error).message}; again on another host (attempt ${this.#attempt + 1})`)
      }
    }
  }

  forward(message: unknown): void {
    this.#worker?.forward(message)
  }

  reply(message: RpcReply): boolean {
    return this.#worker?.reply(message) ?? false
  }

  async stop(request?: StopRequest): Promise<unknown> {
    const worker = this.#worker
    const error = await worker?.stop(request)
    await this.#disk.close()
    this.#place?.release()
    return error
  }

  async #open(request: RunRequest, { externals }: Preparation, signal: AbortSignal): Promise<RemoteWorker> {
    const { context, options, methods, emit } = this.#options
    const { project } = options
    const files = request.context.files.map(({ filepath }) => filepath)
    const lease = await context.fleet().lease({
      kind: this.kind,
      root: context.root,
      revision: context.revision,
      packages: [...runtimePackages(project, request.context.environment.name), ...externals],
      outputs: context.outputs(project),
      signal,
      onPhase: (phase) => context.progress.tell(phase, files, project, methods),
    })
    this.#attempt += 1
    this.#isStarted = false
    this.#startedAt ??= Date.now()
    const env = workerEnvironment(options, context.options.env)
    const worker = {
      lease,
      project,
      disk: this.#disk,
      ledger: this.#ledger,
      emit,
      onEnding: context.endings.add,
      onLeft: nameLeft(context),
      onMissingVariable: (name: string) => context.variables.note(name, env, options.env),
      onText: (text: string) => context.packages.note(text),
    }
    try {
      signal.throwIfAborted()
      if (this.#attempt > 1) await this.#bring(lease, this.#startedAt)
      return await RemoteWorker.open(worker, {
        cwd: isBelow(context.root, process.cwd()) ? process.cwd() : project.vitest.config.root,
        env: {
          // An AWS SDK on a host asks nobody in which region it is.
          ...(lease.host.instance && { AWS_REGION: lease.host.instance.region }),
          ...env,
          VITEST_EC2_ATTEMPT: String(this.#attempt),
          VITEST_EC2_INSTANCE: JSON.stringify(describeInstance(lease.host)),
        },
        execArgv: options.execArgv,
        entry: 'vitest',
        data: vitestModules,
      })
    } catch (error) {
      lease.release()
      throw error
    }
  }

  async #bring(lease: Lease, since: number): Promise<void> {
    for (const { path, size } of await lease.bring(since)) {
      this.#options.context.progress.say(
        `${path} (${Math.round(size / 1e6)} MB) is too large to be brought to ${lease.host.id}: what it was for begins anew there`,
      )
    }
  }

  async #runOn(
    worker: RemoteWorker,
    request: RunRequest,
    { preload }: Preparation,
    signal: AbortSignal,
  ): Promise<WorkerOutcome> {
    const start = this.#isStarted ? undefined : { ...this.#options.start, poolId: this.#place?.number ?? 1 }
    this.#isStarted = true
    this.#ledger.clear()
    let timer: NodeJS.Timeout | undefined
    const endSoon = () => (timer = setTimeout(() => void worker.stop(), CANCEL_GRACE))
    signal.addEventListener('abort', endSoon, { once: true })
    try {
      const outcome = await worker.run(start, preload, request)
      debug(
        '%d answers were waited for by the worker of %s',
        worker.roundTrips,
        request.context.files.map(({ filepath }) => filepath).join(', '),
      )
      return outcome
    } finally {
      signal.removeEventListener('abort', endSoon)
      clearTimeout(timer)
    }
  }

  async #drop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.stop()
  }

  async #fail(files: FileSpecification[], error: unknown): Promise<WorkerOutcome> {
    const { options, methods } = this.#options
    for (const file of files) {
      const known = this.#ledger.files.get(file.filepath)
      if (known) await reportUnfinishedFile(methods, known, this.#ledger, { state: 'fail', error })
      else await reportFailedFile(options.project, methods, file, error)
    }
    return respond('testfileFinished')
  }

  async #cancelled(files: FileSpecification[]): Promise<WorkerOutcome> {
    const known = files.flatMap(({ filepath }) => this.#ledger.files.get(filepath) ?? [])
    for (const file of known) await reportUnfinishedFile(this.#options.methods, file, this.#ledger, { state: 'skip' })
    this.#options.cancelFiles(files)
    return respond('testfileFinished')
  }
}

/** What a notebook says of where it was made. */
function describeInstance({ id, instance, market, usdPerHour }: LeasedHost): object {
  return { id, ...instance, market, usdPerHour }
}

function isLostHost(error: unknown): boolean {
  return error instanceof Ec2Error && error.code === 'EC2_HOST_LOST'
}

function nameLeft({ progress }: PoolContext): (files: { path: string; size: number }[]) => void {
  return (files) => {
    for (const { path, size } of files) {
      progress.say(
        `${path} (${Math.round(size / 1e6)} MB) stays on the host; name its folder in \`outputs\` to have it here`,
      )
    }
  }
}
