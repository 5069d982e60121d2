import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { TestProject, Vitest } from 'vitest/node'
import { assembleFleet } from '../assembly/assemble-fleet.ts'
import type { Collected } from '../detached/collect-lost.ts'
import type { ComputeHost, HostPlan } from '../fleet/compute-provider.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { nameRun } from '../run-id.ts'
import { findWorkspaceRoot } from '../sync/workspace-root.ts'
import { capacityOf } from './capacity.ts'
import type { PoolContext } from './pool-context.ts'
import { createPackageHints } from './package-hints.ts'
import { describeOpening } from '../fleet/opening.ts'
import { createEndings } from './endings.ts'
import { createProgress } from './progress.ts'
import { tellCollected } from './tell-collected.ts'
import { Semaphore } from './semaphore.ts'
import { endWithVitest } from './shutdown.ts'
import { createVariableHints } from '../variable-hints.ts'

/** Files prepared ahead of the hosts' capacity, so that a worker that gets free has work at once. */
const AHEAD = 2

/** What the pool workers of this Vitest share. */
export function createContext(vitest: Vitest, options: ResolvedEc2Options): PoolContext {
  const root = findWorkspaceRoot(vitest.config.root)
  const progress = createProgress(vitest)
  const run = nameRun()
  const endings = createEndings()
  const told = new Set<string>()
  const expected = new Map<string, number>()
  let revision = 0
  let fleet: Fleet | undefined
  let collected: Promise<void> = Promise.resolve()
  vitest.onTestsRerun(() => void (revision += 1))
  const variables = createVariableHints('A test')
  const packages = createPackageHints(root)
  vitest.config.reporters.push({
    onTestRunEnd() {
      for (const hint of [...variables.take(), ...packages.take()]) progress.say(hint)
    },
  })

  return {
    options,
    root,
    progress,
    endings,
    variables,
    packages,
    local: new Semaphore(Math.max(...vitest.projects.map(({ config }) => config.maxWorkers))),
    prepared: new Semaphore(capacityOf(options) * AHEAD),
    get revision() {
      return revision
    },
    fleet() {
      if (!fleet) {
        const notice = (sentence: string) => progress.say(sentence)
        const onCollected = (collecting: Promise<Collected[]>) =>
          (collected = tellCollected(vitest, root, collecting, notice))
        const workspace = { root, outputs: mirrored() }
        fleet = assembleFleet({ options, run, notice, onPlan, collect: { workspace, onCollected } })
        endWithVitest(vitest, { fleet, endings, progress })
      }
      return fleet
    },
    collected: () => collected,
    expectFiles: (kind, files) => void expected.set(kind, (expected.get(kind) ?? 0) + files),
    outputs: outputsOf,
  }

  function outputsOf(project: TestProject): string[] {
    const folders = [...named(project), ...options.outputs].map((folder) => resolve(vitest.config.root, folder))
    return [...new Set(folders)].filter((folder) => {
      const way = relative(root, folder)
      const isInside = way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
      if (!isInside && !told.has(folder)) {
        told.add(folder)
        progress.say(`${folder} lies outside of ${root} and is not mirrored from hosts`)
      }
      return isInside
    })
  }

  /** Folders that any project mirrors, relative to the root. */
  function mirrored(): string[] {
    return [...new Set(vitest.projects.flatMap(outputsOf))].map((folder) => relative(root, folder).split(sep).join('/'))
  }

  function onPlan(kind: string, plan: HostPlan, warm: ComputeHost | undefined): void {
    const host = options.hosts[kind]
    if (host?.kind !== 'instance') return // nobody pays for what is theirs
    const { maxHosts, maxAgeMs, budget } = options
    const files = expected.get(kind) ?? 1
    const demand = `${files} ${files === 1 ? 'file needs' : 'files need'}`
    const hosts = Math.max(1, Math.min(maxHosts, Math.ceil(files / plan.slots)))
    progress.say(describeOpening({ demand, spec: host.spec, plan, warm, hosts, maxAgeMs, budget }))
  }
}

/** Reporters name the folders that they read: `project.provide('outputs', [...])`. */
function named(project: TestProject): string[] {
  const { outputs } = project.getProvidedContext() as { outputs?: unknown }
  return Array.isArray(outputs) ? outputs.filter((folder) => typeof folder === 'string') : []
}
