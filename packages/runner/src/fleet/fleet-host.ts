import { Ec2Error } from '../errors.ts'
import type { CloseReason } from '../host/connection.ts'
import type { HostSession } from '../host/host-session.ts'
import type { ComputeHost, HostPhase, HostPlan } from './compute-provider.ts'
import type { FleetKind, FleetOptions } from './fleet-options.ts'
import { createViews, type Views } from './views.ts'

/**
 * One host of the fleet: from the decision to have it to its end. States only move forward.
 * `opening` -> `ready` -> `gone`, or `opening` -> `gone`.
 */
export type HostState =
  | { is: 'opening' }
  | { is: 'ready'; session: HostSession; host: ComputeHost }
  | { is: 'gone'; reason: string }

export class FleetHost {
  readonly kind: FleetKind
  readonly views: Views
  state: HostState = { is: 'opening' }
  phase: HostPhase = { phase: 'checking' }
  /** one per slot: whether a worker holds it */
  slots: boolean[] = []
  /** the machine, once it exists; it outlives the state for the summary */
  machine: ComputeHost | undefined
  readonly takenAt = Date.now()
  endedAt: number | undefined
  warmUntil: Date | undefined
  readonly #options: FleetOptions
  readonly #onPhase: (host: FleetHost) => void
  readonly #abort = new AbortController()
  #session: HostSession | undefined

  constructor(kind: FleetKind, options: FleetOptions, onPhase: (host: FleetHost) => void) {
    this.kind = kind
    this.#options = options
    this.#onPhase = onPhase
    this.views = createViews({ run: options.run, sync: kind.sync })
  }

  /** Gets a machine (a warm one, or a launch), connects and starts the agent. Nothing is left of it when it rejects. */
  async open(plan: HostPlan, attempt: number, warm: ComputeHost | undefined): Promise<void> {
    const { signal } = this.#abort
    const onPhase = (phase: HostPhase) => {
      this.phase = phase
      this.#onPhase(this)
    }
    try {
      const machine =
        warm ??
        (await this.kind.provider.launch(this.kind.demand, { run: this.#options.run, attempt, signal, onPhase }))
      this.machine = machine
      signal.throwIfAborted()
      const connection = await machine.connect({ signal, onPhase })
      try {
        this.#session = await this.#options.openSession(connection, {
          run: this.#options.run,
          signal,
          onPhase,
          reconnect: () => machine.connect({ signal, onPhase: () => {} }),
        })
      } catch (error) {
        await connection.close()
        throw error
      }
      signal.throwIfAborted()
      const session = this.#session
      const slots =
        machine.market === 'owned' ? (this.kind.demand.spec.workers ?? session.info.gpus.length) : plan.slots
      this.slots = Array.from({ length: Math.max(1, slots) }, () => false)
      this.state = { is: 'ready', session, host: machine }
      void tellSavePlace(machine, session)
      onPhase({ phase: 'ready' })
    } catch (error) {
      await this.end('it did not get ready')
      throw error
    }
  }

  /** The GPUs that belong to a slot: all, dealt out evenly. */
  gpusOf(slot: number): number[] {
    const gpus = this.state.is === 'ready' ? this.state.session.info.gpus : []
    const share = Math.max(1, Math.floor(gpus.length / this.slots.length))
    return gpus.slice(slot * share, (slot + 1) * share).map((gpu) => gpu.index)
  }

  get isIdle(): boolean {
    return this.state.is === 'ready' && !this.slots.includes(true)
  }

  /** Resolves with why, when the connection to a ready host is gone for good. */
  get lost(): Promise<CloseReason> {
    return this.#session?.closed ?? new Promise(() => {})
  }

  /** Ends the machine, also one that a launch under way brings later. Idempotent, never throws. */
  async end(reason: string): Promise<void> {
    if (this.state.is !== 'gone') {
      this.state = { is: 'gone', reason }
      this.#abort.abort(new Ec2Error('EC2_ABORTED', `A host is not opened any more: ${reason}`))
    }
    await this.#session?.close({ end: true }).catch(() => {})
    await this.machine?.terminate(reason)
    this.endedAt ??= Date.now()
  }

  /** Leaves the machine for the next run. When that fails the machine is ended: better cold than forgotten. */
  async keepWarm(until: Date): Promise<void> {
    if (this.state.is !== 'ready') return
    const { session, host } = this.state
    try {
      await this.views.close(session)
      await host.keepWarm(until)
      await session.close({ end: host.market === 'owned' })
      this.state = { is: 'gone', reason: 'kept warm' }
      if (host.market !== 'owned') this.warmUntil = until
      this.endedAt = Date.now()
    } catch {
      await this.end('it could not be kept warm')
    }
  }
}

/** Without it a host is as it would be without a bucket: what is lost with its client is lost. */
async function tellSavePlace(machine: ComputeHost, session: HostSession): Promise<void> {
  const place = await machine.findSavePlace?.().catch(() => undefined)
  if (place) await session.call('saveTo', place).catch(() => {})
}
