import type { Collected } from '../detached/collect-lost.ts'
import { createFleet } from '../fleet/create-fleet.ts'
import type { MirroredWorkspace } from '../ec2/journal.ts'
import type { ComputeProvider } from '../fleet/compute-provider.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { FleetKind, FleetOptions } from '../fleet/fleet-options.ts'
import { openHostSession } from '../host/open-host-session.ts'
import { createPorts } from '../host/ports.ts'
import type { ResolvedHost } from '../options-hosts.ts'
import type { InstanceSpec } from '../options.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { createStaticProvider } from '../static/static-provider.ts'
import { createWorkspaceSync } from '../sync/workspace-sync.ts'
import { createAws } from './aws.ts'

export interface AssembleOptions {
  options: ResolvedEc2Options
  /** id of the run */
  run: string
  /** tells the user a sentence about something left out or cleaned up */
  notice: (sentence: string) => void
  onPlan?: FleetOptions['onPlan']
  /** workspace of this run, and who hears, once, what hosts did that lost an earlier run in it */
  collect?: { workspace: MirroredWorkspace; onCollected: (collected: Promise<Collected[]>) => void }
}

/**
 * Joins the parts to the fleet of one run, as options say. Nothing of AWS is loaded, and nobody is asked, before a file
 * asks for a host that AWS has.
 */
export function assembleFleet({ options, run, notice, onPlan, collect }: AssembleOptions): Fleet {
  const aws = createAws({
    options,
    run,
    notice,
    connect: connectSsh,
    ...(collect && {
      workspace: collect.workspace,
      async onSwept(account) {
        const collecting = import('../detached/collect-lost.ts').then(({ collectLost }) =>
          collectLost(account, collect.workspace.root),
        )
        collect.onCollected(collecting)
        await collecting
      },
    }),
  })
  const { include, exclude, maxBytes } = options.sync
  const limits = { include, exclude, maxBytes, onNotice: notice }
  // Packs of owned machines go straight to them: such a run may know no AWS at all.
  const direct = createWorkspaceSync(limits)
  const ports = createPorts(notice)
  const stored = createWorkspaceSync({ ...limits, blobs: aws.blobs })

  return createFleet({
    run,
    kinds: Object.entries(options.hosts).map(([name, host]) => toKind(name, host)),
    maxHosts: options.maxHosts,
    keepAliveMs: options.keepAliveMs,
    openSession: (connection, session) => openHostSession(connection, { ...session, ports }),
    ...(onPlan && { onPlan }),
  })

  function toKind(name: string, host: ResolvedHost): FleetKind {
    const spec = specOf(host)
    const workspace = host.kind === 'static' ? direct : stored
    return {
      name,
      provider: providerOf(host),
      demand: { kind: name, spec, maxHosts: options.maxHosts },
      slots: expectedWorkers(host),
      sync: (target, request) => workspace.sync(target, request),
    }
  }

  function providerOf(host: ResolvedHost): ComputeProvider {
    if (host.kind === 'static') {
      return createStaticProvider({ destinations: host.destinations, connect: connectSsh })
    }
    return host.kind === 'running' ? aws.running(host.instanceId) : aws.instances
  }
}

/** Workers that a host of this kind will take at a time, as far as the options say. */
export function expectedWorkers(host: ResolvedHost): number {
  const { workers, gpu = 1 } = specOf(host)
  return workers ?? (host.kind === 'instance' && typeof gpu === 'number' ? Math.max(1, gpu) : 1)
}

function specOf(host: ResolvedHost): InstanceSpec {
  if (host.kind === 'instance') return host.spec
  return host.kind === 'static' && host.workers !== undefined ? { workers: host.workers } : {}
}
