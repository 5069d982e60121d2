import { join, resolve } from 'node:path'
import { isBelow, resolvePackage } from '../sync/package-resolution.ts'
import type { SyncTarget } from '../sync/sync-target.ts'
import type { MissedPackage, PackageSupply } from '../wire/protocol.ts'
import type { FleetKind } from './fleet-options.ts'

export interface SupplyOptions {
  root: string
  target: SyncTarget
  sync: FleetKind['sync']
  outputs: readonly string[]
  signal: AbortSignal
}

/**
 * Brings a package that a worker misses, with all it needs, into the store of its host. Never throws: what goes wrong is
 * the worker's answer. Only what is installed in the workspace can be asked for.
 */
export async function supplyPackage(
  { name, from }: MissedPackage,
  { root, target, sync, outputs, signal }: SupplyOptions,
): Promise<PackageSupply & { requested?: string }> {
  const isPlain = typeof name === 'string' && /^(@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name)
  if (!isPlain || typeof from !== 'string' || resolve(from) !== from || !isBelow(root, from)) return {}
  const found = resolvePackage(name, from, root)
  if (!found) return {}
  const requested = join(found.at, 'package.json')
  try {
    const onProgress = () => {}
    const { packageTrees } = await sync(target, { root, packages: [requested], outputs, signal, onProgress })
    return { requested, trees: packageTrees } // the workspace is there
  } catch (error) {
    const { message, fix } = error as Error & { fix?: string }
    return { error: fix === undefined ? message : `${message}. ${fix}` }
  }
}
