import { debuglog } from 'node:util'
import type { EC2 } from '@aws-sdk/client-ec2'
import type { IAM } from '@aws-sdk/client-iam'
import type { Pricing } from '@aws-sdk/client-pricing'
import type { S3 } from '@aws-sdk/client-s3'
import type { Scheduler } from '@aws-sdk/client-scheduler'
import type { ServiceQuotas } from '@aws-sdk/client-service-quotas'
import type { SSM } from '@aws-sdk/client-ssm'
import type { STS } from '@aws-sdk/client-sts'
import { Ec2Error } from '../errors.ts'
import { askWithRenewal, findCredentials, type FindCredentials } from './credentials.ts'
import { explain } from './explain-error.ts'
import { toRequestHandler } from './request-handler.ts'

/**
 * The AWS clients of one provider. Each is loaded and made when it is first asked for, and once. Credentials, region and
 * endpoint come from where the SDK always looks; credentials that were renewed since are taken when AWS refuses the old
 * ones. What a call rejects with is an `Ec2Error` already.
 */
export interface Clients {
  region(): Promise<string>
  ec2(): Promise<EC2>
  iam(): Promise<IAM>
  s3(): Promise<S3>
  ssm(): Promise<SSM>
  sts(): Promise<STS>
  pricing(): Promise<Pricing>
  quotas(): Promise<ServiceQuotas>
  scheduler(): Promise<Scheduler>
}

export interface ClientOptions {
  region?: string | undefined
  profile?: string | undefined
  env?: NodeJS.ProcessEnv
}

const debug = debuglog('vitest-ec2')

/** The first answer that says "slow down" is normal on a busy account: the SDK waits and tries that often. */
const MAX_ATTEMPTS = 6

export function createClients({ region, profile, env = process.env }: ClientOptions): Clients {
  const place = { requestHandler: toRequestHandler(env), ...(region && { region }), ...(profile && { profile }) }
  const credentials = findCredentials({ ...(profile && { profile }), parentClientConfig: place })
  const shared = { ...place, credentials, maxAttempts: MAX_ATTEMPTS }
  // One of the few hosts that answers there is in us-east-1; a stand-in has one endpoint for all.
  const pricingRegion = env['AWS_ENDPOINT_URL'] ? shared : { ...shared, region: 'us-east-1' }
  const ec2 = once(async () => watched('ec2', new (await import('@aws-sdk/client-ec2')).EC2(shared)))
  const sts = once(async () => watched('sts', new (await import('@aws-sdk/client-sts')).STS(shared)))
  const decode: Decode = async (message) => {
    // Without a plugin of ours: a denied decoding must not ask to be decoded.
    const { STS } = await import('@aws-sdk/client-sts')
    const { DecodedMessage } = await new STS(shared).decodeAuthorizationMessage({ EncodedMessage: message })
    return DecodedMessage
  }

  function watched<C extends object>(service: string, client: C): C {
    // All clients have this stack; each types it by its own commands.
    const { middlewareStack, config } = client as unknown as WatchedClient
    middlewareStack.add(
      (next, { commandName = 'Command' }) =>
        async (args) => {
          const call = `${service}:${commandName.replace(/Command$/, '')}`
          const explained = async (error: unknown) => {
            throw await explain(error, { call, input: args.input, profile, decode })
          }
          const startedAt = performance.now()
          try {
            return await askWithRenewal(() => next(args).catch(explained), config.credentials).catch(explained)
          } finally {
            debug('%s %d ms', call, performance.now() - startedAt)
          }
        },
      { step: 'initialize', name: 'explain', priority: 'high' },
    )
    return client
  }

  return {
    ec2,
    sts,
    region: once(async () => {
      const client = await ec2()
      try {
        return await client.config.region()
      } catch (cause) {
        throw new Ec2Error('EC2_OPTIONS', 'No AWS region is set', {
          fix: 'Set AWS_REGION, a region in the profile (`aws configure set region us-east-1`), or the `region` option.',
          cause,
        })
      }
    }),
    iam: once(async () => watched('iam', new (await import('@aws-sdk/client-iam')).IAM(shared))),
    s3: once(async () => watched('s3', new (await import('@aws-sdk/client-s3')).S3({ ...shared, ...s3Settings(env) }))),
    ssm: once(async () => watched('ssm', new (await import('@aws-sdk/client-ssm')).SSM(shared))),
    pricing: once(async () => watched('pricing', new (await import('@aws-sdk/client-pricing')).Pricing(pricingRegion))),
    quotas: once(async () =>
      watched('servicequotas', new (await import('@aws-sdk/client-service-quotas')).ServiceQuotas(shared)),
    ),
    scheduler: once(async () =>
      watched('scheduler', new (await import('@aws-sdk/client-scheduler')).Scheduler(shared)),
    ),
  }
}

/** A stand-in for S3 has one name for all buckets; AWS has one per bucket. */
function s3Settings(env: NodeJS.ProcessEnv = process.env): { forcePathStyle: boolean } {
  return { forcePathStyle: Boolean(env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']) }
}

export type Decode = (message: string) => Promise<string | undefined>

interface WatchedClient {
  config: { credentials: FindCredentials }
  middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<{ response: unknown; output: never }>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<{ response: unknown; output: never }>,
      options: { step: 'initialize'; name: string; priority: 'high' },
    ): void
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    if (!made) {
      made = make()
      made.catch(() => (made = undefined)) // a region may be set, or a session renewed, later
    }
    return made
  }
}
