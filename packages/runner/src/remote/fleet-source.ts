import type { Fleet } from '../fleet/fleet.ts'
import type { HostPhase } from '../fleet/compute-provider.ts'
import { createFunctionWorker } from './function-worker.ts'
import { hintVariables } from './hint-variables.ts'
import { showOutput } from './show-output.ts'
import type { WorkerSource } from './worker-source.ts'

export interface FleetSourceOptions {
  fleet: Fleet
  size: number
  /** absolute path of the workspace */
  root: string
  env: Readonly<Record<string, string>>
  execArgv: readonly string[]
  onPhase: (phase: HostPhase) => void
  /** a sentence about a file that stays on the host, or a variable that stays here */
  notice: (sentence: string) => void
}

/** Workers on the hosts of a fleet: it launches as many as are waited for, and sends each the workspace. */
export function createFleetSource({ fleet, size, root, ...options }: FleetSourceOptions): WorkerSource {
  const onMissingVariable = hintVariables(options.env, options.notice)
  return {
    size,
    async open(data, packages, signal) {
      const { onPhase, env, execArgv, notice } = options
      const lease = await fleet.lease({ kind: 'default', root, revision: 0, packages, outputs: [], signal, onPhase })
      try {
        const cwd = process.cwd().startsWith(root) ? process.cwd() : root
        const spawn = { cwd, env: { ...env }, execArgv: [...execArgv], entry: 'function' as const, data }
        const process_ = await lease.spawn(spawn)
        showOutput(process_)
        const worker = createFunctionWorker(process_, await process_.started, onMissingVariable)
        return {
          worker,
          host: lease.host.id,
          async collect() {
            for (const { path, size: bytes } of (await lease.collect()).left)
              notice(`${path} (${Math.round(bytes / 1e6)} MB) stays on ${lease.host.id}`)
          },
          async end() {
            await worker.stop(0).catch(() => {})
            lease.release()
          },
        }
      } catch (error) {
        lease.release()
        throw error
      }
    },
    close: async () => void (await fleet.close()),
  }
}
