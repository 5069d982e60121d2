import { collectWritten } from '../fleet/collect.ts'
import type { HostPhase } from '../fleet/compute-provider.ts'
import type { FleetKind } from '../fleet/fleet-options.ts'
import { createViews, type OpenView } from '../fleet/views.ts'
import type { HostSession } from '../host/host-session.ts'
import type { FunctionWorkerData } from '../wire/functions.ts'
import { createFunctionWorker, type FunctionWorker } from './function-worker.ts'
import { hintVariables } from './hint-variables.ts'
import { showOutput } from './show-output.ts'

export interface SessionWorkersOptions {
  session: HostSession
  run: string
  /** absolute path of the workspace, here and there */
  root: string
  sync: FleetKind['sync']
  env: Readonly<Record<string, string>>
  onPhase: (phase: HostPhase) => void
  /** a sentence about a file that stays on the host, or a variable that stays here */
  notice: (sentence: string) => void
}

/** Workers of one host in a view of the workspace. */
export interface SessionWorkers {
  /** a worker whose view holds the packages of these module files, besides the workspace */
  spawn(data: FunctionWorkerData, packages: readonly string[], signal: AbortSignal): Promise<SessionWorker>
}
export interface SessionWorker {
  worker: FunctionWorker
  view: OpenView
  /** brings home what was written */
  collect(): Promise<void>
}

export function createSessionWorkers(options: SessionWorkersOptions): SessionWorkers {
  const { session, run, root, sync, env, onPhase, notice } = options
  const views = createViews({ run, sync })
  const onMissingVariable = hintVariables(env, notice)
  let collecting = Promise.resolve()
  return {
    async spawn(data, packages, signal) {
      const request = { kind: '', root, revision: 0, packages, outputs: [], signal, onPhase }
      const view = await views.open(session, request, onPhase)
      const gpus = session.info.gpus.map(({ index }) => index)
      const cwd = process.cwd().startsWith(root) ? process.cwd() : root
      const process_ = await session.spawnWorker(view.id, { cwd, env, execArgv: [], entry: 'function', data, gpus })
      showOutput(process_)
      const worker = createFunctionWorker(process_, await process_.started, onMissingVariable)
      return { view, worker, collect: () => collect(view) }
    },
  }

  /** One after the other: each looks at what the one before has brought. */
  async function collect(view: OpenView): Promise<void> {
    const own = collecting.then(async () => {
      const { left } = await collectWritten(session, view, [])
      for (const { path, size } of left)
        notice(`${path} (${Math.round(size / 1e6)} MB) stays on the host: \`get\` brings it`)
    })
    collecting = own.catch(() => {})
    await own
  }
}
