import type { Vitest } from 'vitest/node'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { createContext } from './create-context.ts'
import { POOL_NAME } from './names.ts'
import { Ec2PoolWorker } from './pool-worker.ts'
import { tellHosts } from './tell-hosts.ts'

/**
 * On a host, `--pool=ec2` means that machine: a detached run launches nothing more. Where there are GPUs, there are as
 * many workers, each with one of its own.
 */
export function stayHere(vitest: Vitest, options: ResolvedEc2Options, env: NodeJS.ProcessEnv = process.env): void {
  const gpus = (env['CUDA_VISIBLE_DEVICES'] ?? '').split(',').filter((gpu) => gpu !== '')
  const groups = Map.groupBy(vitest.projects, ({ config }) => config.sequence.groupOrder)
  const ours = [...groups.values()]
    .filter((projects) => projects.some(({ config }) => config.pool === POOL_NAME))
    .flat()
  // Projects of a group must agree on their number of workers.
  if (gpus.length > 0) for (const { config } of ours) config.maxWorkers = gpus.length
  const context = createContext(vitest, options)
  for (const { config } of ours.filter((project) => project.config.pool === POOL_NAME)) {
    config.poolRunner = {
      name: POOL_NAME,
      createPoolWorker: (worker) => new Ec2PoolWorker(worker, context, { local: 'forks', localOnly: true, gpus }),
    }
  }
  if (env['VITEST_EC2_INSTANCE']) tellThisHost(vitest, JSON.parse(env['VITEST_EC2_INSTANCE']) as ThisHost)
}

/** What `vitest-ec2 run` tells a run of its instance. */
interface ThisHost {
  id: string
  type: string
  region: string
  market: string
  usdPerHour?: number
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
