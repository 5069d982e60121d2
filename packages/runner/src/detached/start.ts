import { extname, join } from 'node:path'
import { createEc2Provider } from '../ec2/ec2-provider.ts'
import { findOwner } from '../ec2/owner.ts'
import { createPackStore } from '../ec2/pack-store.ts'
import { createRunStore, type RunStore } from '../ec2/run-store.ts'
import { findStateDir } from '../ec2/state.ts'
import { Ec2Error } from '../errors.ts'
import type { HostPhase, HostPlan } from '../fleet/compute-provider.ts'
import { targetOf } from '../fleet/views.ts'
import { openHostSession } from '../host/open-host-session.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { InstanceSpec } from '../options.ts'
import { nameRun } from '../run-id.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { findDeclaredPackages } from '../sync/declared-packages.ts'
import { readGitState } from '../sync/git-state.ts'
import { isBelow } from '../sync/package-resolution.ts'
import { createWorkspaceSync } from '../sync/workspace-sync.ts'
import type { RunRecord } from '../wire/run-record.ts'
import type { DetachedTask } from './task.ts'

export interface StartOptions {
  settings: ResolvedEc2Options
  kind: string
  spec: InstanceSpec
  /** absolute folder that travels */
  root: string
  /** absolute path of Vitest's program */
  vitest: string
  /** of Vitest, after `run` */
  args: string[]
  /** absolute, below the root */
  cwd: string
  /** a run whose saved files lie in the workspace from the beginning */
  after?: string
  /** of Vitest there */
  env: Record<string, string>
  signal: AbortSignal
  onPlan: (plan: HostPlan) => void
  onPhase: (phase: HostPhase) => void
  notice: (sentence: string) => void
}

export interface StartedRun {
  record: RunRecord
  store: RunStore
}

/**
 * Launches an instance for one run of Vitest, brings the workspace there and leaves it to itself. Nothing is left of it
 * when it rejects.
 * @throws Ec2Error as a launch and a sync do; `EC2_OPTIONS` where there is nothing to keep its results in
 */
export async function startDetached(options: StartOptions): Promise<StartedRun> {
  const { settings, kind, spec, root, args, signal, onPhase, notice } = options
  const module = join(import.meta.dirname, `main${extname(import.meta.filename)}`)
  checkInstalled(module, root)
  const run = nameRun()
  const provider = createEc2Provider({ settings, run, connect: connectSsh, notice })
  try {
    const demand = { kind, spec, maxHosts: 1 }
    options.onPlan(await provider.plan(demand))
    const bucket = settings.iam.instanceProfile === false ? undefined : await provider.bucket()
    if (!bucket) throw noBucket()
    const owner = findOwner(findStateDir())
    const host = await provider.launch(demand, { run, attempt: 1, signal, onPhase })
    const connection = await host.connect({ signal, onPhase })
    const session = await openHostSession(connection, { run, signal, onPhase })
    const { include, exclude, maxBytes } = settings.sync
    const blobs = async () => createPackStore(bucket)
    const workspace = createWorkspaceSync({ include, exclude, maxBytes, blobs, onNotice: notice })
    const { trees } = await workspace.sync(targetOf(session), {
      root,
      packages: await findDeclaredPackages(root, exclude),
      outputs: settings.outputs.map((folder) => join(root, folder)),
      signal,
      onProgress: (progress) => onPhase({ phase: 'syncing', ...progress }),
    })
    const { type = '', region = '' } = host.instance ?? {}
    const { id, market, usdPerHour, startedAt: launchedAt } = host
    const instance = { id, type, region, market, launchedAt, ...(usdPerHour !== undefined && { usdPerHour }) }
    const record: RunRecord = {
      version: 1,
      id: run,
      owner: owner.name,
      label: owner.label,
      instance,
      args,
      startedAt: Date.now(),
      expiresAt: host.expiresAt,
      heardAt: Date.now(),
      state: 'running',
    }
    const { name, account } = bucket
    // The repository stays here, and reports are to say of what they are.
    const source = await readGitState(root)
    const env = {
      ...options.env,
      AWS_REGION: region,
      VITEST_EC2_INSTANCE: JSON.stringify({ ...instance, workers: spec.workers }),
      ...(source && { VITEST_EC2_SOURCE: JSON.stringify(source) }),
    }
    const { vitest, cwd, after } = options
    const task: DetachedTask = { record, bucket: { name, account }, vitest, cwd, env, ...(after && { after }) }
    signal.throwIfAborted()
    await host.detach(() => session.call('detach', { id: run, root, trees, module, task }))
    await session.close({ end: true })
    return { record, store: createRunStore(bucket) }
  } finally {
    await provider.close()
  }
}

/** The host runs this package out of the workspace. */
function checkInstalled(module: string, root: string): void {
  if (isBelow(root, module)) return
  throw new Ec2Error('EC2_OPTIONS', `A detached run needs vitest-pool-ec2 in ${root}; this one lies at ${module}`, {
    fix: 'Install it there (`npm i -D vitest-pool-ec2`) and run `npx vitest-ec2` from there.',
  })
}

function noBucket(): Ec2Error {
  return new Ec2Error('EC2_OPTIONS', 'A detached run keeps its results in a bucket, to which its host needs a role', {
    fix: 'Leave out `bucket: false` and `iam.instanceProfile: false`; `npx vitest-ec2 doctor` says what you may make.',
  })
}
