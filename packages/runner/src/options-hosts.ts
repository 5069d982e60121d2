import { Ec2Error } from './errors.ts'
import {
  listed,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
  readOption,
  readOptional,
  string,
  strings,
  wrongOption,
  type Check,
} from './options-check.ts'
import { nearest, readKeys } from './options-keys.ts'
import { checkRecipes, steps } from './options-setup.ts'
import type { HostSpec, InstanceSpec } from './options.ts'

/** A kind of host with every choice made that does not need AWS. */
export type ResolvedHost =
  | { kind: 'instance'; spec: InstanceSpec }
  /** machines that somebody owns, as `user@host[:port]` or aliases of `~/.ssh/config` */
  | { kind: 'static'; destinations: readonly string[]; workers?: number }
  /** one instance that runs already */
  | { kind: 'running'; instanceId: string }

const GPUS = ['T4', 'A10G', 'L4', 'L40S', 'A100', 'H100'] as const
const BUILT_IN: Record<string, HostSpec> = { default: { gpu: 1 }, cpu: { gpu: 0 } }

/** Reads `hosts`, merged over the built-in kinds, and `VITEST_EC2_HOST`, which takes the place of every kind for one run. */
export function resolveHosts(hosts: unknown, override: string | undefined): Record<string, ResolvedHost> {
  const given = hosts === undefined ? {} : readKeys('hosts', hosts, Object.keys(hosts ?? {}))
  const resolved: Record<string, ResolvedHost> = {}
  for (const [name, spec] of Object.entries<unknown>({ ...BUILT_IN, ...given })) {
    // A kind is named in a file by the tag `ec2/NAME`, and Vitest's pragma takes these letters only.
    if (!/^[\w-]+$/.test(name)) throw wrongOption('hosts', name, 'named with letters, digits, `-` and `_` only')
    resolved[name] = resolveHost(`hosts.${name}`, spec)
  }
  if (override === undefined) return resolved
  const host = overrideHost(override, resolved)
  return Object.fromEntries(Object.keys(resolved).map((name) => [name, host]))
}

function resolveHost(path: string, value: unknown): ResolvedHost {
  if (typeof value === 'object' && value !== null && 'ssh' in value) {
    const { ssh, workers } = readKeys(path, value, ['ssh', 'workers'])
    const destinations = readOption(`${path}.ssh`, typeof ssh === 'string' ? [ssh] : ssh, someDestinations)
    const count = readOptional(`${path}.workers`, workers, positiveInteger)
    return { kind: 'static', destinations, ...(count !== undefined && { workers: count }) }
  }
  const keys = ['gpu', 'instanceTypes', 'market', 'image', 'user', 'disk', 'workers', 'setup', 'ssh'] as const
  const given = readKeys(path, value, keys)
  const option = <T>(key: (typeof keys)[number], check: Check<T>): T | undefined =>
    readOptional(`${path}.${key}`, given[key], check)
  const spec = {
    gpu: option('gpu', gpu),
    instanceTypes: option('instanceTypes', someTypes),
    market: option('market', oneOf('spot-first', 'spot', 'on-demand')),
    image: option('image', string),
    user: option('user', string),
    disk: option('disk', positiveInteger),
    workers: option('workers', positiveInteger),
    setup: option('setup', steps),
  }
  checkRecipes(path, spec)
  return { kind: 'instance', spec: withoutUndefined(spec) }
}

function overrideHost(value: string, hosts: Record<string, ResolvedHost>): ResolvedHost {
  const named = hosts[value]
  if (named) return named
  if (/^i-[0-9a-f]{8,17}$/.test(value)) return { kind: 'running', instanceId: value }
  if (value.includes('@')) return { kind: 'static', destinations: [value] }
  const near = nearest(value, Object.keys(hosts))
  throw new Ec2Error(
    'EC2_OPTIONS',
    `Expected VITEST_EC2_HOST to be a name in \`hosts\`, an instance id (i-…) or user@host, got \`${value}\``,
    { fix: near ? `Did you mean \`${near}\`?` : `Known names are ${listed(Object.keys(hosts))}.` },
  )
}

const gpu: Check<NonNullable<InstanceSpec['gpu']>> = {
  expected: `a number of GPUs or one of ${GPUS.map((name) => `'${name}'`).join(', ')}`,
  read: (value) => nonNegativeInteger.read(value) ?? GPUS.find((name) => name === value),
}

const someTypes: Check<string[]> = {
  expected: "a non-empty array of instance types such as 'g5.xlarge'",
  read: (value) =>
    strings.read(value)?.every((type) => /^[a-z0-9-]+\.[a-z0-9-]+$/.test(type)) ? notEmpty(value) : undefined,
}

const someDestinations: Check<string[]> = {
  expected: "'user@host[:port]', an alias of ~/.ssh/config, or a non-empty array of these",
  read: notEmpty,
}

function notEmpty(value: unknown): string[] | undefined {
  const read = strings.read(value)
  return read?.length ? read : undefined
}

function withoutUndefined(spec: { [K in keyof InstanceSpec]: InstanceSpec[K] | undefined }): InstanceSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined))
}
