import type { PoolOptions } from 'vitest/node'
import { passedVariables } from '../passed-variables.ts'

/** What Vitest's own pools set or pass. */
const OF_VITEST = new Set([
  'TEST',
  'VITEST',
  'VITEST_MODE',
  'VITEST_SKIP_INSTALL_CHECKS',
  'NODE_DISABLE_COMPILE_CACHE',
  'FORCE_TTY',
])

/** Environment variables of a worker on a host: Vitest's own, `test.env`, and those that the `env` option names. */
export function workerEnvironment(
  { env, project }: Pick<PoolOptions, 'env' | 'project'>,
  allowed: readonly string[],
): Record<string, string> {
  const configured = new Set(Object.keys({ ...project.vitest.config.env, ...project.config.env }))
  const passed = passedVariables(env, allowed, (name) => OF_VITEST.has(name) || configured.has(name))
  return { ...passed, VITEST_EC2: '1' }
}
