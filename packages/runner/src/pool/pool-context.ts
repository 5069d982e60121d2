import type { TestProject } from 'vitest/node'
import type { Fleet } from '../fleet/fleet.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { Endings } from './endings.ts'
import type { PackageHints } from './package-hints.ts'
import type { Progress } from './progress.ts'
import type { Semaphore } from './semaphore.ts'
import type { VariableHints } from '../variable-hints.ts'

/** What the pool workers of one `vitest` invocation share. */
export interface PoolContext {
  readonly options: ResolvedEc2Options
  /** absolute folder that travels */
  readonly root: string
  /** made on first use: a run without a remote file asks nobody anything */
  fleet(): Fleet
  /** workers of this machine */
  readonly local: Semaphore
  /** files that are on hosts, or prepared to go there: so a long queue is not held in memory */
  readonly prepared: Semaphore
  readonly progress: Progress
  /** ends of workers that nothing waits for but the end of the run */
  readonly endings: Endings
  readonly variables: VariableHints
  readonly packages: PackageHints
  /** these files will ask for a host of that kind */
  expectFiles(kind: string, files: number): void
  /** resolves when what hosts did that lost an earlier run is here, if anything is looked for */
  collected(): Promise<void>
  /** raised with every rerun, when files may have changed */
  readonly revision: number
  /** absolute folders below the root that are mirrored while they grow */
  outputs(project: TestProject): string[]
}
