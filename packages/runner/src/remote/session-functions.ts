import { Ec2Error } from '../errors.ts'
import type { HostSession } from '../host/host-session.ts'
import type { Functions } from './create-host.ts'
import { FunctionRunner, packagesOf } from './function-runner.ts'
import { createSessionWorkers, type SessionWorker, type SessionWorkersOptions } from './session-workers.ts'
import { toTravelling } from './to-call.ts'

export interface SessionFunctionsOptions extends Omit<SessionWorkersOptions, 'session'> {
  openSession: (signal: AbortSignal) => Promise<HostSession>
  /** ends the agent with the session: on a machine that somebody owns nothing of ours stays */
  endAgent: boolean
}

interface Running extends SessionWorker {
  runner: FunctionRunner
  packages: ReadonlySet<string>
}

/** Runs functions on a host, all in one worker: what a module keeps is there for the next call. */
export function createSessionFunctions({ openSession, endAgent, ...options }: SessionFunctionsOptions): Functions {
  const closing = new AbortController()
  const started: Running[] = []
  let opened: Promise<{ session: HostSession; spawn: (packages: readonly string[]) => Promise<Running> }> | undefined
  let current: Promise<Running> | undefined

  return {
    async run(fn, args) {
      const travelling = await toTravelling(fn, args)
      const running = await get(packagesOf(travelling))
      try {
        return await running.runner.call(travelling, args)
      } finally {
        await running.collect().catch(() => {}) // what the function threw counts more
      }
    },
    async close() {
      closing.abort(new Ec2Error('EC2_ABORTED', 'The host was closed'))
      await Promise.allSettled(started.map(({ runner }) => runner.worker.stop(0)))
      const session = await opened?.catch(() => undefined)
      await session?.session.close({ end: endAgent })
    },
  }

  async function get(packages: readonly string[]): Promise<Running> {
    for (;;) {
      const known = await current?.catch(() => undefined)
      if (known && packages.every((name) => known.packages.has(name))) return known
      if (known && (await current) !== known) continue // another call was faster
      const all = new Set([...(known?.packages ?? []), ...packages])
      const starting = start(all)
      current = starting
      return await starting
    }
  }

  async function start(packages: ReadonlySet<string>): Promise<Running> {
    closing.signal.throwIfAborted()
    opened ??= open()
    opened.catch(() => (opened = undefined))
    const running = await (await opened).spawn([...packages])
    started.push(running)
    void running.worker.closed.then(async () => {
      if ((await current?.catch(() => undefined)) === running) current = undefined
    })
    return running
  }

  async function open(): Promise<{ session: HostSession; spawn: (packages: readonly string[]) => Promise<Running> }> {
    const session = await openSession(closing.signal)
    void session.closed.then(() => (opened = undefined))
    const workers = createSessionWorkers({ ...options, session })
    return {
      session,
      async spawn(packages) {
        const own = await workers.spawn({}, packages, closing.signal)
        return { ...own, runner: new FunctionRunner(own.worker), packages: new Set(packages) }
      },
    }
  }
}
