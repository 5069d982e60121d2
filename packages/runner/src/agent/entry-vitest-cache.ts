import { resolveKey, type Preload } from './entry-vitest-messages.ts'

/** Answers that the pool pushed ahead of a run. */
export interface PreloadCache {
  add(preload: Preload): void
  /** the answer to a request, or nothing: then it has to be asked */
  answer(method: string, args: unknown[]): { result: unknown } | undefined
  readonly snapshots: Map<string, string | null>
}

export function createPreloadCache(): PreloadCache {
  const resolved = new Map<string, unknown>()
  const entries = new Map<string, unknown>()
  const snapshotPaths = new Map<string, string>()
  const snapshots = new Map<string, string | null>()
  // A plain object because Vitest takes it as it is; without a prototype a module called `constructor` is none.
  const modules: Record<string, unknown> = Object.create(null) as Record<string, unknown>

  return {
    snapshots,
    add(preload) {
      for (const [key, value] of Object.entries(preload.resolved)) resolved.set(key, value)
      for (const [key, value] of Object.entries(preload.entries)) entries.set(key, value)
      for (const [key, value] of Object.entries(preload.snapshotPaths)) snapshotPaths.set(key, value)
      for (const [key, value] of Object.entries(preload.snapshots)) snapshots.set(key, value)
      Object.assign(modules, preload.modules)
    },
    answer(method, args) {
      const [first, importer, environment] = args as [string, string | undefined, string]
      if (method === 'resolve') return find(resolved, resolveKey(first, importer, environment))
      if (method === 'fetch') {
        if (importer === undefined) return find(entries, resolveKey(first, undefined, environment))
        return Object.hasOwn(modules, first) ? { result: modules[first] } : undefined
      }
      if (method === 'fetchWarmModules') return { result: modules }
      if (method === 'resolveSnapshotPath') return find(snapshotPaths, first)
      return undefined
    },
  }
}

function find<T>(map: Map<string, T>, key: string): { result: T } | undefined {
  return map.has(key) ? { result: map.get(key)! } : undefined
}
