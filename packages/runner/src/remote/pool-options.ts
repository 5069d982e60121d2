import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { assembleFleet, expectedWorkers } from '../assembly/assemble-fleet.ts'
import { Ec2Error } from '../errors.ts'
import type { HostSpec, InstanceSpec } from '../options.ts'
import { createFleetSource } from './fleet-source.ts'
import { createLocalSource } from './local-source.ts'
import { resolveRemoteOptions, type LaunchOptions } from './remote-options.ts'
import { passedVariables } from '../passed-variables.ts'
import type { WorkerSource } from './worker-source.ts'

/** Names as Tinypool has them, so that one can stand in for the other. */
export interface RemotePoolOptions extends LaunchOptions {
  /** module whose exports are the tasks: absolute path or file URL; each `run` may name another */
  filename?: string | URL
  /** export that is called; defaults to `default` */
  name?: string
  /** `count` hosts of one kind (1), machines by address, or `'local'`: processes of this machine; defaults to one instance with a GPU */
  hosts?: 'local' | ({ count?: number } & InstanceSpec) | Extract<HostSpec, { ssh: unknown }>
  /** workers of this machine under `'local'`; defaults to one less than it has cores */
  maxThreads?: number
  /** tasks that wait at most; defaults to no limit */
  maxQueue?: number
  /** a new worker for each task; defaults to false */
  isolateWorkers?: boolean
  /** for tasks that look at it; none */
  workerData?: unknown
  /** flags of Node for workers; none */
  execArgv?: readonly string[]
  /** hosts lost under one task before it fails; defaults to 2 */
  hostRetry?: number
}

export interface ResolvedPoolOptions {
  filename: string | undefined
  name: string
  maxQueue: number
  isolateWorkers: boolean
  workerData: unknown
  hostRetry: number
  source: WorkerSource
}

/** @throws Ec2Error `EC2_OPTIONS` */
export function resolvePoolOptions(options: RemotePoolOptions, run: string): ResolvedPoolOptions {
  const {
    filename,
    name = 'default',
    hosts = {},
    maxThreads = Math.max(1, availableParallelism() - 1),
    maxQueue = Number.POSITIVE_INFINITY,
    isolateWorkers = false,
    workerData,
    execArgv = [],
    hostRetry = 2,
    ...launch
  } = options
  for (const [option, value] of Object.entries({ maxThreads, maxQueue, hostRetry })) {
    if (typeof value !== 'number' || !(value >= (option === 'maxThreads' ? 1 : 0))) {
      throw new Ec2Error(
        'EC2_OPTIONS',
        `Expected the \`${option}\` option to be a positive number, got \`${String(value)}\``,
      )
    }
  }
  const resolved = { name, maxQueue, isolateWorkers, workerData, hostRetry, filename: filename && toPath(filename) }
  if (hosts === 'local') {
    const { settings } = resolveRemoteOptions(launch)
    return {
      ...resolved,
      source: createLocalSource(maxThreads, { execArgv, env: passedVariables(process.env, settings.env) }),
    }
  }
  const { count = 'ssh' in hosts && Array.isArray(hosts.ssh) ? hosts.ssh.length : 1, ...spec } = hosts as {
    count?: number
  } & HostSpec
  const { settings, root, onPhase, notice } = resolveRemoteOptions(launch, { default: spec })
  const chosen = { ...settings, hosts: { default: settings.hosts['default']! }, maxHosts: count }
  return {
    ...resolved,
    source: createFleetSource({
      fleet: assembleFleet({ options: chosen, run, notice }),
      size: count * expectedWorkers(chosen.hosts.default),
      root,
      env: passedVariables(process.env, settings.env),
      execArgv,
      onPhase,
      notice,
    }),
  }
}

export function toPath(filename: string | URL): string {
  const text = String(filename)
  return text.startsWith('file:') ? fileURLToPath(text) : text
}
