import type { Vitest } from 'vitest/node'
import type { Fleet } from '../fleet/fleet.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { Progress } from './progress.ts'
import type { Semaphore } from './semaphore.ts'

/** What the pool workers of one `vitest` invocation share. */
export interface PoolContext {
  readonly options: ResolvedEc2Options
  /** made on first use: a run without a remote file asks nobody anything */
  fleet(): Promise<Fleet>
  /** workers of this machine */
  readonly local: Semaphore
  readonly progress: Progress
  /** raised with every rerun, when files may have changed */
  readonly revision: number
}

/** Makes the fleet of a Vitest instance; called at most once for equal options. */
export type FleetFactory = (vitest: Vitest, options: ResolvedEc2Options) => Promise<Fleet>
