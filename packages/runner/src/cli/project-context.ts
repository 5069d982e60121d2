import { existsSync } from 'node:fs'
import { resolveHosts } from '../options-hosts.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { InstanceSpec } from '../options.ts'
import type { Flags } from './command.ts'
import { openContext, type Context } from './context.ts'
import { findKind } from './kind.ts'
import { loadProject } from './load-project.ts'

const CONFIGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `${name}.config.${extension}`),
)

/** The same with the options of `ec2()` in the configuration of this folder; without one, as it is. */
export async function openProjectContext(context: Context): Promise<Context> {
  if (!CONFIGS.some((name) => existsSync(name))) return context
  const { options } = await loadProject([])
  return openContext(context.flags, context.operands, options)
}

/** What `--gpu` or `--type` say, checked as the plugin's option is; else the kind of host that `--kind` names. */
export function specOf({ gpu, type, kind }: Flags, settings: ResolvedEc2Options): InstanceSpec {
  if (gpu === undefined && type === undefined) return findKind(settings, kind).spec
  const number = typeof gpu === 'string' && /^\d+$/.test(gpu) ? Number(gpu) : gpu
  const spec = { ...(gpu !== undefined && { gpu: number }), ...(Array.isArray(type) && { instanceTypes: type }) }
  const { default: host } = resolveHosts({ default: spec }, undefined)
  return host?.kind === 'instance' ? host.spec : {}
}
