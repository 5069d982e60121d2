import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Variables for what was installed on this host for workers: lines `NAME=value` of `environment` in the folders below
 * /opt/vitest-ec2. Recipes of `setup` write them, and whatever else sets hosts up may.
 */
export function installedEnvironment(folder = '/opt/vitest-ec2'): Record<string, string> {
  const files = globSync('*/environment', { cwd: folder }).toSorted()
  const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
  return Object.fromEntries(
    lines.flatMap((line) => [...line.matchAll(/^(\w+)=(.*)$/g)].map(([, name, value]) => [name, value])),
  )
}
