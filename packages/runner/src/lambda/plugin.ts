import type {} from 'vitest/config' // says what Vitest adds to Vite's configuration and plugins
import { readFileSync } from 'node:fs'
import type { DevEnvironment } from 'vite'
import type { Vite } from 'vitest/node'

const LAMBDA = /^(.*)\?lambda=([\w-]+?)(&graph)?$/

/**
 * Lets functions that are written in `host.run(…)` and `pool.map(…)` travel with what they capture: in every file that
 * imports `vitest-pool-ec2/remote`. Works in Vitest and in any Vite server.
 */
export function lambdaPlugin(): Vite.Plugin {
  return {
    name: 'vitest-ec2:lambda',
    enforce: 'pre', // before types are stripped: positions are the author's own
    configureVitest({ defineCacheKeyGenerator }) {
      // Vitest keeps modules by their own text, and a graph is made of other modules.
      defineCacheKeyGenerator(({ id }) => (id.endsWith('&graph') ? false : undefined))
    },
    resolveId: { filter: { id: LAMBDA }, handler: (id) => id },
    load: {
      filter: { id: LAMBDA },
      async handler(id) {
        const [, file = '', name, isGraph] = LAMBDA.exec(id) ?? []
        if (isGraph) {
          const { collectGraph } = await import('./graph.ts')
          const { files, ...graph } = await collectGraph(this.environment as DevEnvironment, id.replace('&graph', ''))
          for (const path of files) this.addWatchFile(path)
          // Vite takes such comments away, also within strings, and stacks would not be mapped.
          return `export default ${JSON.stringify(graph).replaceAll('sourceMappingURL', String.raw`sourceMapping\u0055RL`)}`
        }
        const [{ findLambdas }, { toVirtualModule }] = await Promise.all([
          import('./analyse.ts'),
          import('./virtual-module.ts'),
        ])
        const code = readFileSync(file, 'utf8')
        const lambda = findLambdas(code, file).find((one) => one.id === name)
        if (!lambda) throw new Error(`${file} changed while it ran: run it again`)
        return toVirtualModule(code, file, lambda)
      },
    },
    transform: {
      filter: { id: { include: /\.[cm]?[jt]sx?$/, exclude: /\/node_modules\// }, code: 'vitest-pool-ec2/remote' },
      handler: async (code, id) => (await import('./transform.ts')).markLambdas(code, id),
    },
  }
}
