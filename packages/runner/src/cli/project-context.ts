import { existsSync } from 'node:fs'
import { describeError } from '../errors.ts'
import { resolveHosts } from '../options-hosts.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { InstanceSpec } from '../options.ts'
import type { Flags } from './command.ts'
import { openContext, type Context } from './context.ts'
import { findKind } from './kind.ts'

const CONFIGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `${name}.config.${extension}`),
)

/** The same with the options of `ec2()` in the configuration of this folder; without one, as it is. */
export async function openProjectContext(context: Context): Promise<Context> {
  if (!CONFIGS.some((name) => existsSync(name))) return context
  const { loadProject } = await import('./load-project.ts') // Vitest itself, which takes a while
  const { options } = await loadProject([])
  return openContext(context.flags, context.operands, options)
}

/**
 * The same for commands that look after what is there: hosts must be found and ended also where the configuration is
 * broken, and whoever set another region in the environment is told where they look, which is where runs launch.
 */
export async function goByProject(context: Context): Promise<Context> {
  if (context.operands[0]?.includes('@')) return context // somebody's own machine
  try {
    const found = await openProjectContext(context)
    const { region } = found.settings
    const other = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION']
    if (region !== undefined && context.flags['region'] === undefined && other !== undefined && other !== region)
      console.error(
        `In ${region}, as the configuration here says, and not ${other} of the environment: --region says otherwise.`,
      )
    return found
  } catch (error) {
    console.error(`Without the configuration here, which cannot be read: ${describeError(error)}`)
    return context
  }
}

/** What `--gpu` or `--type` say, checked as the plugin's option is; else the kind of host that `--kind` names. */
export function specOf({ gpu, type, kind }: Flags, settings: ResolvedEc2Options): InstanceSpec {
  if (gpu === undefined && type === undefined) return findKind(settings, kind).spec
  const number = typeof gpu === 'string' && /^\d+$/.test(gpu) ? Number(gpu) : gpu
  const spec = { ...(gpu !== undefined && { gpu: number }), ...(Array.isArray(type) && { instanceTypes: type }) }
  const { default: host } = resolveHosts({ default: spec }, undefined)
  return host?.kind === 'instance' ? host.spec : {}
}
