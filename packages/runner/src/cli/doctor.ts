import { examine } from '../ec2/examine.ts'
import type { InstanceSpec } from '../options.ts'
import { resolveHosts } from '../options-hosts.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command, type Flags } from './command.ts'

const SIGNS = { ok: '✓', warning: '!', failure: '✗' }

export const doctor: Command = {
  flags: {
    ...AWS_FLAGS,
    gpu: { type: 'string' },
    type: { type: 'string', multiple: true },
    capacity: { type: 'boolean' },
  },
  explain: {
    ...AWS_EXPLAIN,
    gpu: 'how many GPUs or which (T4, L4, …), as in `hosts`; 1',
    type: 'instance type instead; may be given again',
    capacity: 'also how likely spot capacity is now, here and in other regions',
  },
  async run({ flags, account, print }) {
    const findings = await examine(account, specOf(flags), { capacity: flags['capacity'] === true })
    const width = Math.max(...findings.map(({ check }) => check.length))
    const lines = findings.flatMap(({ check, status, detail, fix }) => [
      `${SIGNS[status]} ${check.padEnd(width)}  ${detail}`,
      ...(fix ? [`${' '.repeat(width + 4)}${fix}`] : []),
    ])
    print(lines.join('\n'), findings)
    return findings.some(({ status }) => status === 'failure') ? 1 : 0
  },
}

/** Checked as the plugin's option is. */
export function specOf({ gpu, type }: Flags): InstanceSpec {
  const number = typeof gpu === 'string' && /^\d+$/.test(gpu) ? Number(gpu) : gpu
  const spec = { ...(gpu !== undefined && { gpu: number }), ...(Array.isArray(type) && { instanceTypes: type }) }
  const { default: host } = resolveHosts({ default: spec }, undefined)
  return host?.kind === 'instance' ? host.spec : {}
}
