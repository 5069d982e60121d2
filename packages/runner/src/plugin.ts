import type {} from 'vitest/config' // says what Vitest adds to Vite's configuration and plugins
import type { Vite, Vitest } from 'vitest/node'
import { lambdaPlugin } from './lambda/plugin.ts'
import { resolveOptions } from './options-resolve.ts'
import type { Ec2Options } from './options.ts'
import { EXPERIMENT_TAG, KIND_TAG_PREFIX, POOL_NAME } from './pool/names.ts'

export const PLUGIN_NAME = 'vitest-pool-ec2'

/** What other programs find at the plugin, as Vite's plugins offer it to each other: `vitest-ec2 run` reads it. */
export interface PluginApi {
  options: Ec2Options
}

/** Each takes minutes, and a test that hangs must end some time (ms). */
const EXPERIMENT_TIMEOUT = 3_600_000

const installed = new WeakSet<Vitest>()

/**
 * Makes the pool name `'ec2'` real, by `--pool=ec2` or in a config, and defines the tag `experiment` and one `ec2/NAME`
 * per kind of host. Without the pool it changes nothing else. Functions in files that import `vitest-pool-ec2/remote` can
 * travel with what they capture.
 * @throws Ec2Error `EC2_OPTIONS` for an option that is not what it must be
 */
export function ec2(options: Ec2Options = {}): Vite.Plugin[] {
  const { hosts } = resolveOptions(options, { env: {} })
  const tags = [
    { name: EXPERIMENT_TAG, description: 'Runs on a host under `--pool=ec2`', timeout: EXPERIMENT_TIMEOUT },
    ...Object.keys(hosts).map((kind) => ({
      name: `${KIND_TAG_PREFIX}${kind}`,
      description: `Runs on a host of the kind \`${kind}\` under \`--pool=ec2\``,
    })),
  ]
  const pool: Vite.Plugin = {
    name: PLUGIN_NAME,
    api: { options } satisfies PluginApi,
    config(config) {
      const known = new Set((config.test?.tags ?? []).map(({ name }) => name))
      return { test: { tags: tags.filter(({ name }) => !known.has(name)) } }
    },
    async configureVitest({ vitest }) {
      // Once for all projects: they share hosts, and the workers of this machine.
      if (installed.has(vitest) || !vitest.projects.some(({ config }) => config.pool === POOL_NAME)) return
      installed.add(vitest)
      // A host launches no other.
      if (process.env['VITEST_EC2'] === '1') {
        const { stayHere } = await import('./pool/stay-here.ts')
        return stayHere(vitest, resolveOptions(options))
      }
      const { installPool } = await import('./pool/install-pool.ts')
      installPool(vitest, resolveOptions(options))
    },
  }
  return [lambdaPlugin(), pool]
}
