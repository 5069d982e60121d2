import {
  listed,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
  positiveNumber,
  readOption,
  readOptional,
  record,
  string,
  stringRecord,
  strings,
  type Check,
} from './options-check.ts'
import { resolveHosts, type ResolvedHost } from './options-hosts.ts'
import { readKeys } from './options-keys.ts'
import { duration, size } from './options-units.ts'
import type { Ec2Options } from './options.ts'

/** `Ec2Options` with every default applied, every duration in milliseconds and every size in bytes. */
export interface ResolvedEc2Options {
  files: NonNullable<Ec2Options['files']>
  hosts: Record<string, ResolvedHost>
  maxHosts: number
  region: string | undefined
  profile: string | undefined
  env: string[]
  sync: { include: string[]; exclude: string[]; maxBytes: number }
  outputs: string[]
  keepAliveMs: number
  maxAgeMs: number
  /** US dollars */
  budget: number | undefined
  hostRetry: number
  /** a name, `undefined`: made on demand, `false`: none */
  bucket: string | false | undefined
  network: {
    vpc: string | undefined
    subnets: string[]
    securityGroups: string[]
    connect: 'auto' | 'public' | 'private' | 'endpoint'
    allowFrom: string[]
  }
  iam: {
    instanceProfile: string | false
    allow: { actions: string[]; resources: string[] }[]
    permissionsBoundary: string | undefined
    path: string | undefined
  }
  tags: Record<string, string>
  kmsKey: string | undefined
}

export interface ResolveEnvironment {
  env?: NodeJS.ProcessEnv
  /** somebody watches: hosts are kept for the next run */
  isTerminal?: boolean
}

const OPTIONS = [
  'files',
  'hosts',
  'maxHosts',
  'region',
  'profile',
  'env',
  'sync',
  'outputs',
  'keepAlive',
  'maxAge',
  'budget',
  'hostRetry',
  'bucket',
  'network',
  'iam',
  'tags',
  'kmsKey',
] as const satisfies (keyof Ec2Options)[]

/**
 * Checks options and applies defaults and the variables VITEST_EC2_HOST, _KEEP_ALIVE, _BUDGET and _BUCKET, which win.
 * @throws Ec2Error `EC2_OPTIONS` with the option's name, what it must be and what it was
 */
export function resolveOptions(
  options: Ec2Options = {},
  { env = process.env, isTerminal = Boolean(process.stdout.isTTY) && !env['CI'] }: ResolveEnvironment = {},
): ResolvedEc2Options {
  const given = readKeys('', options, OPTIONS)
  const sync = readKeys('sync', given.sync ?? {}, ['include', 'exclude', 'maxSize'])
  const network = readKeys('network', given.network ?? {}, ['vpc', 'subnets', 'securityGroups', 'connect', 'allowFrom'])
  const iam = readKeys('iam', given.iam ?? {}, ['instanceProfile', 'allow', 'permissionsBoundary', 'path'])
  return {
    files: readOption('files', given.files ?? 'marked', files),
    hosts: resolveHosts(given.hosts, env['VITEST_EC2_HOST'] || undefined),
    maxHosts: readOption('maxHosts', given.maxHosts ?? 1, positiveInteger),
    region: readOptional('region', given.region, string),
    profile: readOptional('profile', given.profile, string),
    env: readOption('env', given.env ?? [], strings),
    sync: {
      include: readOption('sync.include', sync.include ?? [], strings),
      exclude: readOption('sync.exclude', sync.exclude ?? [], strings),
      maxBytes: readOption('sync.maxSize', sync.maxSize ?? '1gb', size),
    },
    outputs: readOption('outputs', given.outputs ?? [], strings),
    keepAliveMs: override(
      env,
      'VITEST_EC2_KEEP_ALIVE',
      'keepAlive',
      given.keepAlive ?? (isTerminal ? '10m' : 0),
      duration,
    ),
    maxAgeMs: readOption('maxAge', given.maxAge ?? '4h', positiveDuration),
    budget: overrideOptional(env, 'VITEST_EC2_BUDGET', 'budget', given.budget, positiveNumber),
    hostRetry: readOption('hostRetry', given.hostRetry ?? 2, nonNegativeInteger),
    bucket: overrideOptional(env, 'VITEST_EC2_BUCKET', 'bucket', given.bucket, bucket),
    network: {
      vpc: readOptional('network.vpc', network.vpc, string),
      subnets: readOption('network.subnets', network.subnets ?? [], strings),
      securityGroups: readOption('network.securityGroups', network.securityGroups ?? [], strings),
      connect: readOption('network.connect', network.connect ?? 'auto', oneOf('auto', 'public', 'private', 'endpoint')),
      allowFrom: readOption('network.allowFrom', network.allowFrom ?? [], strings),
    },
    iam: {
      instanceProfile: readOption('iam.instanceProfile', iam.instanceProfile ?? 'auto', stringOrFalse),
      allow: readOption('iam.allow', iam.allow ?? [], permissions),
      permissionsBoundary: readOptional('iam.permissionsBoundary', iam.permissionsBoundary, string),
      path: readOptional('iam.path', iam.path, string),
    },
    tags: readOption('tags', given.tags ?? {}, stringRecord),
    kmsKey: readOptional('kmsKey', given.kmsKey, string),
  }
}

const files: Check<NonNullable<Ec2Options['files']>> = {
  expected: `${listed(["'marked'", "'all'"])} or a function`,
  read: (value) =>
    value === 'marked' || value === 'all' || typeof value === 'function' ? (value as Ec2Options['files']) : undefined,
}

const positiveDuration: Check<number> = {
  expected: `a positive ${duration.expected.replace(/^a /, '')}`,
  read: (value) => duration.read(value) || undefined,
}

const permissions: Check<{ actions: string[]; resources: string[] }[]> = {
  expected: "an array of { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::name/*'] }",
  read(value) {
    if (!Array.isArray(value)) return undefined
    const read = value.map((item: unknown) => {
      const { actions, resources, ...others } = record.read(item) ?? {}
      const [some, on] = [strings.read(actions), strings.read(resources)]
      return some?.length && on?.length && Object.keys(others).length === 0
        ? { actions: some, resources: on }
        : undefined
    })
    return read.includes(undefined) ? undefined : (read as { actions: string[]; resources: string[] }[])
  },
}

const stringOrFalse: Check<string | false> = {
  expected: 'a non-empty string or `false`',
  read: (value) => (value === false ? false : string.read(value)),
}

const bucket: Check<string | false> = {
  expected: 'the name of a bucket or `false`',
  read: (value) =>
    value === false || (typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value))
      ? value
      : undefined,
}

/** The variable where it is set, else the option; a message names whichever was wrong. */
function override<T>(env: NodeJS.ProcessEnv, variable: string, name: string, value: unknown, check: Check<T>): T {
  const text = env[variable]
  return text ? readOption(variable, fromVariable(text), check) : readOption(name, value, check)
}

function overrideOptional<T>(
  env: NodeJS.ProcessEnv,
  variable: string,
  name: string,
  value: unknown,
  check: Check<T>,
): T | undefined {
  return env[variable] || value !== undefined ? override(env, variable, name, value, check) : undefined
}

function fromVariable(text: string): unknown {
  if (text === 'false') return false
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
