import type { Vitest } from 'vitest/node'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { createContext } from './create-context.ts'
import { dealGpus } from './deal-gpus.ts'
import { isGiven, isInOrder } from './given-workers.ts'
import { POOL_NAME } from './names.ts'
import { Ec2PoolWorker } from './pool-worker.ts'
import { tellHosts } from './tell-hosts.ts'

/**
 * On a host, `--pool=ec2` means that machine: a detached run launches nothing more. It has as many workers as its kind of
 * host says, otherwise one for each GPU, unless somebody says how many.
 */
export function stayHere(vitest: Vitest, options: ResolvedEc2Options, env: NodeJS.ProcessEnv = process.env): void {
  const host = env['VITEST_EC2_INSTANCE'] ? (JSON.parse(env['VITEST_EC2_INSTANCE']) as ThisHost) : undefined
  const gpus = (env['CUDA_VISIBLE_DEVICES'] ?? '').split(',').filter((gpu) => gpu !== '')
  const workers = isGiven(vitest.config) ? vitest.config.maxWorkers : (host?.workers ?? gpus.length)
  const groups = Map.groupBy(vitest.projects, ({ config }) => config.sequence.groupOrder)
  const ours = [...groups.values()]
    .filter((projects) => projects.some(({ config }) => config.pool === POOL_NAME))
    .flat()
  // Projects of a group must agree on their number of workers.
  if (workers > 0) for (const { config } of ours) if (!isInOrder(config)) config.maxWorkers = workers
  const context = createContext(vitest, options)
  const settings = { local: 'forks', localOnly: true, gpus: dealGpus(gpus, workers) } as const
  for (const { config } of ours.filter((project) => project.config.pool === POOL_NAME)) {
    config.poolRunner = {
      name: POOL_NAME,
      createPoolWorker: (worker) => new Ec2PoolWorker(worker, context, settings),
    }
  }
  if (host) tellThisHost(vitest, host)
}

/** What `vitest-ec2 run` tells a run of its instance. */
interface ThisHost {
  id: string
  type: string
  region: string
  market: string
  usdPerHour?: number
  /** at a time, where its kind says */
  workers?: number
  /** ms since 1970; nothing in a worker, which is no run of its own */
  launchedAt?: number
}

function tellThisHost(vitest: Vitest, { id, type, region, market, usdPerHour, launchedAt }: ThisHost): void {
  if (launchedAt === undefined) return
  const telling = tellHosts(vitest, () => {
    const seconds = (Date.now() - launchedAt) / 1000
    const usd = usdPerHour === undefined ? undefined : (usdPerHour * seconds) / 3600
    return [{ id, description: `${type} ${market} ${region}`, market, seconds, usd, warmUntil: undefined }]
  })
  vitest.onClose(() => clearInterval(telling))
}
