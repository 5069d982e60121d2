import { readFile } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { resolveKey, type Preload } from '../agent/entry-vitest-messages.ts'
import { fetchInlined, walkModules, type Methods } from './module-graph.ts'

export interface Preparation {
  preload: Preload
  /** module files that Node itself will load on the host */
  externals: Set<string>
}

/**
 * Collects what a worker will ask for before and while it runs these files, so that it has all of it before it asks.
 * @throws the transform's error when a test file itself cannot be transformed
 */
export async function prepareFiles(
  project: TestProject,
  methods: Methods,
  environment: string,
  files: readonly string[],
): Promise<Preparation> {
  const preload: Preload = { resolved: {}, entries: {}, modules: {}, snapshotPaths: {}, snapshots: {} }
  const urls: string[] = []

  async function addEntry(id: string): Promise<void> {
    const resolved = await methods.resolve(id, undefined, environment)
    preload.resolved[resolveKey(id, undefined, environment)] = resolved
    const url = resolved?.url ?? id
    preload.entries[resolveKey(url, undefined, environment)] = await fetchInlined(methods, url, undefined, environment)
    urls.push(url)
  }
  async function addSnapshots(file: string): Promise<void> {
    const path = methods.resolveSnapshotPath(file)
    preload.snapshotPaths[file] = path
    preload.snapshots[path] = await readFile(path, 'utf8').catch(() => null)
  }

  const { setupFiles, runner, diff, snapshotSerializers } = project.config
  const others = [...setupFiles, ...snapshotSerializers, runner, diff].filter((id) => typeof id === 'string')
  await Promise.all([
    ...files.map(addEntry),
    ...others.map((id) => addEntry(id).catch(() => {})),
    ...files.map(addSnapshots),
  ])
  const { modules, externals } = await walkModules(project, methods, environment, urls)
  preload.modules = modules
  return { preload, externals }
}

/** Vite's environment that transforms modules for a test environment. */
export function viteEnvironmentOf(testEnvironment: string): string {
  return testEnvironment === 'jsdom' || testEnvironment === 'happy-dom' ? 'client' : 'ssr'
}
