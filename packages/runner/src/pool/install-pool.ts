import type { TestProject, Vitest } from 'vitest/node'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { checkPaths } from '../sync/same-paths.ts'
import { capacityOf } from './capacity.ts'
import { createContext } from './create-context.ts'
import { isGiven, isInOrder } from './given-workers.ts'
import type { LocalPool } from './local-worker.ts'
import type { PoolContext } from './pool-context.ts'
import { POOL_NAME } from './names.ts'
import { Ec2PoolWorker, type PoolWorkerSettings } from './pool-worker.ts'

type Config = TestProject['config']

/** Workers that Vitest may have open at a time: they only wait until a host or this machine has room. */
const MANY = 512

/**
 * Makes the pool's name real in projects that ask for it, and gives their files room beside those that stay here:
 * Vitest counts workers per group of projects, and by default allows as many as this machine has processors.
 * @throws Ec2Error `EC2_OPTIONS` on Windows
 */
export function installPool(vitest: Vitest, options: ResolvedEc2Options): void {
  checkPaths()
  const context = createContext(vitest, options)
  const groups = Map.groupBy(vitest.projects, ({ config }) => config.sequence.groupOrder)
  for (const projects of groups.values()) {
    const ours = projects.filter(({ config }) => config.pool === POOL_NAME)
    if (ours.length === 0) continue
    for (const { config } of ours) use(config, context, { local: 'forks' })
    widen(projects, context, vitest.config)
  }
  const ours = vitest.projects.filter(({ config }) => config.pool === POOL_NAME)
  if (ours.some(({ config }) => config.typecheck.enabled))
    context.progress.say('Type tests run here: they need a compiler, no host')
  if (ours.some(({ config }) => config.browser.enabled))
    context.progress.say('Tests in a browser run here: hosts have none')
}

/** Projects of a group must agree on their number of workers, so neighbours get more of them as well. */
function widen(projects: readonly TestProject[], context: PoolContext, root: Config): void {
  const sharing = projects.filter(({ config }) => !isFixed(config, root))
  if (projects.some(({ config }) => isFixed(config, root) && !isSequential(config))) return
  if (!sharing.every(({ config }) => isLimitable(config))) return
  // Files without isolation share the processes that are there: more would tear apart what belongs together.
  const isShared = sharing.some(({ config }) => !config.isolate)
  const shared = Math.max(capacityOf(context.options), ...sharing.map(({ config }) => config.maxWorkers))
  for (const { config } of sharing) {
    if (isLocal(config.pool)) use(config, context, { local: config.pool, localOnly: true })
    config.maxWorkers = isShared ? shared : MANY
  }
}

/** True when our workers can see to it that no more of its files run here at a time than before. */
function isLimitable({ browser, pool }: Config): boolean {
  return !browser.enabled && (pool === POOL_NAME || isLocal(pool))
}

function isLocal(pool: string): pool is LocalPool {
  return pool === 'forks' || pool === 'threads'
}

/** The number of workers is the user's decision, or has to be one. */
function isFixed(config: Config, root: Config): boolean {
  // A project that extends the configuration has its default as if somebody had given it.
  const isInherited = !isGiven(root) && config.maxWorkers === root.maxWorkers
  return (isGiven(config) && !isInherited) || isInOrder(config) || config.inspector.enabled === true
}

/** Vitest runs the files of such a project after all others, whatever their number of workers is. */
function isSequential({ isolate, maxWorkers, sequence }: Config): boolean {
  return isolate && maxWorkers === 1 && sequence.groupOrder === 0
}

function use(config: Config, context: PoolContext, settings: PoolWorkerSettings): void {
  config.pool = POOL_NAME
  config.poolRunner = {
    name: POOL_NAME,
    createPoolWorker: (options) => new Ec2PoolWorker(options, context, settings),
  }
}
