import type { Socket } from 'node:net'
import { relative, join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { serveCalls, type Methods } from '../wire/calls.ts'
import { MessageStream } from '../wire/message-stream.ts'
import type { AgentEvent, SavePlace, WorkerSpec } from '../wire/protocol.ts'
import { detach } from './detach.ts'
import type { Host } from './host.ts'
import { createMissedPackages, type MissedPackages } from './missed-packages.ts'
import { startMirror, type Mirror } from './mirror.ts'
import { MirrorOutlet } from './mirror-teller.ts'
import { Unattended } from './unattended.ts'
import { baseEnvironment } from './view-command.ts'
import { openView, type View } from './view.ts'
import { WorkerRelay } from './worker-relay.ts'

/** A client that went without a word is forgotten after this time; with work on hand, after that. */
const ABANDONED_MS = 5 * 60_000
const ABANDONED_BUSY_MS = 60 * 60_000

/** One client, from its first greeting until it says goodbye; its streams may come and go in between. */
export class Session {
  readonly id: string
  readonly control: MessageStream = new MessageStream({ highWaterMark: 32 << 20 })
  readonly mirror: MirrorOutlet = new MirrorOutlet(new MessageStream())
  readonly packages: MissedPackages
  readonly #host: Host
  readonly #workers = new Map<string, WorkerRelay>()
  readonly #views = new Map<string, Promise<View>>()
  readonly #mirrors = new Map<string, Map<string, Mirror>>()
  #abandoned: NodeJS.Timeout | undefined
  #unattended: Unattended | undefined
  #heard = { here: Date.now(), there: Date.now() }
  readonly #tell: (event: AgentEvent) => boolean

  constructor(id: string, host: Host) {
    this.id = id
    this.#host = host
    const tell = serveCalls(this.control, this.#methods())
    this.#tell = (event) => {
      try {
        return tell(event)
      } catch {
        return false // closed: nobody listens any more
      }
    }
    this.packages = createMissedPackages(this.#tell, async (id, tree) => {
      await (await this.#view(id)).call('supply', host.store.treePath(tree))
    })
    this.control.onEnd(() => void this.close())
    this.control.onDetached(() => this.#expectBack())
    void this.control.closed.then(() => this.close())
  }

  /** The worker of a stream; a stream may be there before the call that starts the worker. */
  worker(id: string): WorkerRelay {
    let worker = this.#workers.get(id)
    if (!worker) {
      worker = new WorkerRelay(id, this.#tell)
      this.#workers.set(id, worker)
    }
    return worker
  }

  findWorker(id: string, secret: string): WorkerRelay | undefined {
    const worker = this.#workers.get(id)
    return worker?.secret === secret ? worker : undefined
  }

  /** The client is there, or again. */
  attach(socket: Socket, rest: Buffer): void {
    clearTimeout(this.#abandoned)
    this.control.attach(socket, rest)
  }

  tellSpotNotice(at: Date): void {
    this.#tell({ event: 'spot-notice', at: at.getTime() })
    void this.#unattended?.takenBack(at)
  }

  /** Ends its workers and views. */
  async close(): Promise<void> {
    if (!this.#host.sessions.delete(this.id)) return
    clearTimeout(this.#abandoned)
    this.#unattended?.stop()
    this.control.close({ by: 'us' })
    this.mirror.stream.close({ by: 'us' })
    this.packages.close()
    for (const mirrors of this.#mirrors.values()) for (const mirror of mirrors.values()) mirror.stop()
    const views = [...this.#views.values()]
    this.#views.clear()
    await Promise.allSettled(views.map(async (view) => (await view).close()))
    for (const worker of this.#workers.values()) this.#forget(worker)
  }

  #expectBack(): void {
    const isBusy = [...this.#workers.values()].some((worker) => worker.isRunning)
    clearTimeout(this.#abandoned)
    this.#abandoned = setTimeout(() => void this.close(), isBusy ? ABANDONED_BUSY_MS : ABANDONED_MS)
  }

  #methods(): Methods {
    const host = this.#host
    return {
      info: () => host.readInfo(),
      touch: (at) => {
        host.clocks.heard()
        this.#heard = { here: Date.now(), there: at }
      },
      saveTo: (place) => this.#saveTo(place),
      missing: (packs) => host.store.missing(packs),
      receive: (hash, bytes) => host.store.receive({ hash }, [bytes]),
      pull: (packs) => host.store.pull(packs),
      tree: (manifest) => host.store.tree(manifest),
      openView: async (spec) => {
        if (host.view.by === 'none') throw noViews(host.view.reason)
        const { by: mode } = host.view
        const opening = openView(spec, {
          ...host,
          mode,
          treePath: (hash) => host.store.treePath(hash),
          onExit: (worker, code, signal) => this.#exited(worker, code, signal),
          onListen: ({ worker, port, host: at, open }) => {
            this.#tell({ event: 'listen', worker, port, host: at, open })
          },
          onGone: (view) => this.#viewGone(view),
        })
        this.#views.set(spec.id, opening)
        opening.catch(() => this.#views.delete(spec.id))
        await opening
      },
      closeView: async (id) => {
        const view = await this.#view(id)
        this.#stopMirrors(id)
        this.#views.delete(id)
        await view.close()
      },
      written: async (id) => await (await this.#view(id)).call('written'),
      readFile: async (id, path, from, to) => await (await this.#view(id)).call('readFile', path, from, to),
      writeFile: async (id, path, data) => await (await this.#view(id)).call('writeFile', path, data),
      mirror: async (id, folder) => this.#mirror(await this.#view(id), folder),
      drainMirror: async (id) => {
        await Promise.all([...(this.#mirrors.get(id)?.values() ?? [])].map((mirror) => mirror.drain()))
        return this.mirror.told
      },
      spawn: (worker) => this.#spawn(worker),
      supply: (request, supply) => this.packages.supply(request, supply),
      kill: async (id, signal) => {
        for (const view of this.#views.values()) await (await view).call('kill', id, signal)
      },
      took: (id, stream, bytes) => this.#workers.get(id)?.took(stream, bytes),
      detach: async (work) => await detach(work, host.folders.state),
      end: (options) => {
        // After the answer, for which the client would wait until the host counts as lost.
        setImmediate(() => {
          // Others may be at work on a machine that somebody owns: the agent goes with the last of them.
          if (options.powerOff || host.sessions.size === 1) void host.end(options)
          else void this.close()
        })
      },
    }
  }

  #saveTo(place: SavePlace): void {
    const host = this.#host
    this.#unattended?.stop()
    this.#unattended = new Unattended({
      place,
      clocks: host.clocks,
      heard: () => this.#heard,
      workers: () => [...this.#workers.values()],
      views: () => Promise.all(this.#views.values()),
      end: async () => await (host.sessions.size === 1 ? host.end({ powerOff: true }) : this.close()),
    })
  }

  async #spawn(spec: WorkerSpec): Promise<{ pid: number }> {
    const view = await this.#view(spec.view)
    const worker = this.worker(spec.id)
    worker.spec = spec
    worker.installed = view.spec.installed ?? []
    const gpus = (await this.#host.readInfo()).gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: spec.gpus.join(',') } : {}
    const env = { ...baseEnvironment(), VITEST_EC2: '1', ...gpus, ...spec.env, VITEST_EC2_AGENT: this.#host.agent }
    this.#host.clocks.workerStarted(spec.id)
    try {
      return await view.call('spawn', {
        id: spec.id,
        cwd: spec.cwd,
        env,
        execArgv: spec.execArgv,
        secret: worker.secret,
      })
    } catch (error) {
      this.#forget(worker)
      throw error
    }
  }

  #exited(id: string, code: number | null, signal: string | null): void {
    const worker = this.#workers.get(id)
    if (!worker) return
    this.#host.clocks.workerEnded(id)
    // Kept until the client has everything, also over a reconnect.
    void worker.exit(code, signal).then(() => worker.stream.closed.then(() => this.#forget(worker)))
  }

  #forget(worker: WorkerRelay): void {
    this.#host.clocks.workerEnded(worker.id)
    this.#workers.delete(worker.id)
    worker.close()
  }

  #viewGone(id: string): void {
    this.#views.delete(id)
    for (const worker of this.#workers.values()) if (worker.spec?.view === id) this.#exited(worker.id, null, 'SIGKILL')
  }

  async #view(id: string): Promise<View> {
    const view = await this.#views.get(id)
    if (!view) throw new Ec2Error('EC2_PROTOCOL', `No view is called \`${id}\``)
    return view
  }

  #mirror({ spec, upper }: View, folder: string): void {
    const path = relative(spec.root, folder)
    if (path === '' || path.startsWith('..') || path.startsWith('/')) {
      throw new Ec2Error('EC2_PROTOCOL', `${folder} is not below ${spec.root}`)
    }
    const mirrors = this.#mirrors.get(spec.id) ?? new Map<string, Mirror>()
    this.#mirrors.set(spec.id, mirrors)
    if (!mirrors.has(folder)) mirrors.set(folder, startMirror(join(upper, path), this.mirror.toTeller(spec.id, folder)))
  }

  #stopMirrors(view: string): void {
    for (const mirror of this.#mirrors.get(view)?.values() ?? []) mirror.stop()
    this.#mirrors.delete(view)
  }
}

function noViews(reason: string): Ec2Error {
  return new Ec2Error('EC2_HOST', `This host cannot give a worker its own view of the workspace (${reason})`, {
    fix: 'Allow the user `sudo` without a password, or user namespaces, on this host.',
  })
}
