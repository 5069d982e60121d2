import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseCLI, resolveConfig } from 'vitest/node'
import type { Ec2Options } from '../options.ts'
import { PLUGIN_NAME, type PluginApi } from '../plugin.ts'
import { isBelow } from '../sync/package-resolution.ts'
import { findWorkspaceRoot } from '../sync/workspace-root.ts'

export interface LoadedProject {
  /** as `ec2()` has them in the configuration; nothing without it */
  options: Ec2Options | undefined
  /** absolute folder that travels */
  root: string
  /** absolute, below the root */
  cwd: string
  /** absolute path of Vitest's program */
  vitest: string
}

/** What `vitest run` with these arguments would find here. @throws what Vitest says of its arguments and configuration */
export async function loadProject(args: readonly string[]): Promise<LoadedProject> {
  const { options } = parseCLI(['vitest', 'run', ...args])
  const config = await resolveConfig(options)
  const plugin = config.plugins.find(({ name }) => name === PLUGIN_NAME)
  const root = findWorkspaceRoot(config.root)
  const vitest = createRequire(join(config.root, 'package.json')).resolve('vitest/package.json')
  return {
    options: (plugin?.api as PluginApi | undefined)?.options,
    root,
    cwd: isBelow(root, process.cwd()) ? process.cwd() : config.root,
    vitest: join(dirname(vitest), 'vitest.mjs'),
  }
}
