import { createHash } from 'node:crypto'
import type { HostSession } from '../host/host-session.ts'
import { listInstalledPackages } from '../sync/installed-packages.ts'
import type { SyncTarget } from '../sync/sync-target.ts'
import type { MissedPackage, PackageSupply, ViewSpec } from '../wire/protocol.ts'
import type { HostPhase } from './compute-provider.ts'
import type { FleetKind, FleetOptions } from './fleet-options.ts'
import type { LeaseRequest } from './fleet.ts'
import { supplyPackage } from './supply-package.ts'

/** The views of one host: which workspace, at which revision, with which packages, lies where. */
export interface Views {
  /** Brings the workspace of a request to the host and opens a view of it, or finds the one that fits. */
  open(session: HostSession, request: LeaseRequest, onPhase: (phase: HostPhase) => void): Promise<OpenView>
  close(session: HostSession): Promise<void>
}
export interface OpenView {
  id: string
  root: string
  outputs: readonly string[]
  /** how each written file looked when it was last brought home */
  collected: Map<string, string>
}

interface Synced {
  revision: number
  packages: Set<string>
  view: Promise<OpenView>
}

export function createViews({ run, sync }: Pick<FleetOptions, 'run'> & Pick<FleetKind, 'sync'>): Views {
  const synced = new Map<string, Synced>() // by workspace root
  const opened = new Map<string, Promise<OpenView>>() // by view id
  return {
    async open(session, request, onPhase) {
      // Files of a run share one view where they can: what one writes the next one reads, as on a local disk.
      const known = synced.get(request.root)
      if (known?.revision === request.revision && request.packages.every((name) => known.packages.has(name))) {
        return await known.view
      }
      session.onMissedPackage((view, missed) => supply(session, view, missed))
      const packages = new Set([...(known?.packages ?? []), ...request.packages])
      const view = bring(session, { ...request, packages: [...packages] }, onPhase)
      const entry = { revision: request.revision, packages, view }
      synced.set(request.root, entry)
      view.catch(() => synced.get(request.root) === entry && synced.delete(request.root))
      return await view
    },
    async close(session) {
      const views = await Promise.allSettled(opened.values())
      const ids = views.flatMap((view) => (view.status === 'fulfilled' ? [view.value.id] : []))
      await Promise.allSettled(ids.map((id) => session.call('closeView', id)))
      opened.clear()
      synced.clear()
    },
  }

  /** The packages of a view that a worker misses; later views of the workspace have them from the beginning. */
  async function supply(session: HostSession, id: string, missed: MissedPackage): Promise<PackageSupply> {
    const view = await opened.get(id)?.catch(() => undefined)
    if (!view) return {}
    const { root } = view
    const { signal } = new AbortController()
    const { requested, ...found } = await supplyPackage(missed, {
      root,
      sync,
      target: targetOf(session),
      outputs: view.outputs,
      signal,
    })
    if (requested !== undefined) synced.get(root)?.packages.add(requested)
    return found
  }

  async function bring(
    session: HostSession,
    request: LeaseRequest,
    onPhase: (phase: HostPhase) => void,
  ): Promise<OpenView> {
    const { root, packages, outputs, signal } = request
    const onProgress = (progress: { doneBytes: number; totalBytes: number }) =>
      onPhase({ phase: 'syncing', ...progress })
    // A host that has it all opens the view while it is asked what it lacks; another one fails, and is asked again.
    let early: Promise<unknown> = Promise.resolve()
    const onPlan = (trees: string[]) => (early = openOnce(session, root, trees, outputs).catch(() => {}))
    const { trees } = await sync(targetOf(session), { root, packages, outputs, signal, onPlan, onProgress })
    await early
    return await openOnce(session, root, trees, outputs)
  }

  async function openOnce(
    session: HostSession,
    root: string,
    trees: string[],
    outputs: readonly string[],
  ): Promise<OpenView> {
    const name = createHash('sha256')
      .update([root, ...trees].join('\n'))
      .digest('hex')
      .slice(0, 16)
    const id = `${run}-${name}`
    let view = opened.get(id)
    if (!view) {
      const installed = listInstalledPackages(root)
      view = openView(session, { id, root, trees, installed }, outputs)
      opened.set(id, view)
      view.catch(() => opened.delete(id))
    }
    return await view
  }
}

async function openView(session: HostSession, spec: ViewSpec, outputs: readonly string[]): Promise<OpenView> {
  // Calls are taken in their order: nothing waits for the view to be there.
  await Promise.all([session.call('openView', spec), ...outputs.map((folder) => session.mirror(spec.id, folder))])
  return { id: spec.id, root: spec.root, outputs, collected: new Map() }
}

/** A host's store, as a sync sees it. */
export function targetOf(session: HostSession): SyncTarget {
  const { platform: os, arch: cpu, libc } = session.info
  return {
    platform: { os, cpu, libc },
    missing: (packs) => session.call('missing', packs),
    upload: (pack, content) => session.upload(pack, content),
    pull: (packs) => session.call('pull', packs),
    tree: (manifest) => session.call('tree', manifest),
  }
}
