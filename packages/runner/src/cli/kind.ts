import { Ec2Error } from '../errors.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { InstanceSpec } from '../options.ts'

/** The kind of host that `--kind` names, of those that are launched. @throws Ec2Error `EC2_OPTIONS` */
export function findKind(settings: ResolvedEc2Options, flag: unknown): { kind: string; spec: InstanceSpec } {
  const kind = typeof flag === 'string' ? flag : 'default'
  const host = settings.hosts[kind]
  if (host?.kind === 'instance') return { kind, spec: host.spec }
  throw new Ec2Error(
    'EC2_OPTIONS',
    host
      ? `\`${kind}\` is a machine that is there already, and here one is launched`
      : `No kind of host is called \`${kind}\``,
    { fix: 'Name a kind of `hosts` that is launched by `--kind`; unset VITEST_EC2_HOST.' },
  )
}
