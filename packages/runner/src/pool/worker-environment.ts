import picomatch from 'picomatch'
import type { PoolOptions } from 'vitest/node'

/** What Vitest's own pools set or pass, and what decides colours, language and times: the same output here and there. */
const ALWAYS = [
  'TEST',
  'VITEST',
  'NODE_ENV',
  'VITEST_MODE',
  'VITEST_SKIP_INSTALL_CHECKS',
  'NODE_DISABLE_COMPILE_CACHE',
  'CI',
  'FORCE_TTY',
  'FORCE_COLOR',
  'NO_COLOR',
  'TERM',
  'COLORTERM',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'NODE_DEBUG',
]

/** Environment variables of a worker on a host: Vitest's own, `test.env`, and those that the `env` option names. */
export function workerEnvironment(
  { env, project }: Pick<PoolOptions, 'env' | 'project'>,
  allowed: readonly string[],
): Record<string, string> {
  const isAllowed = allowed.length > 0 ? picomatch([...allowed]) : () => false
  const configured = new Set(Object.keys({ ...project.vitest.config.env, ...project.config.env }))
  const chosen: Record<string, string> = {
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
    VITEST_EC2: '1',
  }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    if (ALWAYS.includes(name) || name === 'TZ' || configured.has(name) || isAllowed(name)) chosen[name] = value
  }
  return chosen
}
