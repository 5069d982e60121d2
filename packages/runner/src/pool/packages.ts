import { createRequire } from 'node:module'
import { join } from 'node:path'
import { distDir, type TestProject } from 'vitest/node'
import type { VitestWorkerData } from '../agent/entry-vitest-messages.ts'

/** What the worker on a host loads of the Vitest that runs here. */
export const vitestModules: VitestWorkerData = {
  worker: join(distDir, 'worker.js'),
  runtime: join(distDir, 'runtime.js'),
}

/** Module files outside the graph that Vitest's runtime loads for this project's configuration. */
export function runtimePackages(project: TestProject, environment: string): string[] {
  const { coverage } = project.vitest.config
  const fromVitest = createRequire(join(distDir, 'index.js'))
  const fromProject = createRequire(join(project.config.root, 'package.json'))
  const found = [vitestModules.worker, vitestModules.runtime]
  if (coverage.enabled && (coverage.provider === 'v8' || coverage.provider === 'istanbul')) {
    found.push(...find(fromVitest, `@vitest/coverage-${coverage.provider}`))
  }
  const dom = { jsdom: 'jsdom', 'happy-dom': 'happy-dom', 'edge-runtime': '@edge-runtime/vm' }[environment]
  if (dom) found.push(...find(fromVitest, dom))
  else if (environment !== 'node' && !/^[./]/.test(environment)) {
    found.push(...find(fromProject, `vitest-environment-${environment}`))
  }
  return found
}

function find(require: NodeJS.Require, name: string): string[] {
  try {
    return [require.resolve(name)]
  } catch {
    return [] // the worker misses it as it would here, and says so
  }
}
