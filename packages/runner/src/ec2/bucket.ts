import { createHash } from 'node:crypto'
import type { S3 } from '@aws-sdk/client-s3'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { awsCode, isDenied } from './explain-error.ts'

/** What can be made again goes; reports under `runs/` stay. */
const KEPT_DAYS = 30
/** What commands of `setup` have made. Clients sign what is written there: hosts unpack it as root, and may not write it by themselves. */
export const STEPS_PREFIX = 'setups/'

/**
 * The bucket for packs and reports: the one that the `bucket` option names, else one made for account and region.
 * Nothing when there is to be none, or the caller may not make one: then everything goes over SSH.
 */
export async function ensureBucket(account: Account): Promise<string | undefined> {
  return await account.once('bucket', () => findOrMake(account))
}

/** The same, where it is there already: nothing is made. */
export async function findBucket(account: Account): Promise<string | undefined> {
  const found = await lookForBucket(account)
  return found?.is === 'ours' ? found.name : undefined
}

/** What there is of the bucket that a run would use; nothing where there is to be none. */
export async function lookForBucket(
  account: Account,
): Promise<{ name: string; is: 'ours' | 'foreign' | 'missing'; isNamed: boolean } | undefined> {
  const { bucket: wanted } = account.settings
  if (wanted === false) return undefined
  const name = wanted ?? account.read().bucket ?? bucketName(account)
  return { name, is: await look(await account.clients.s3(), account, name), isNamed: wanted !== undefined }
}

async function findOrMake(account: Account): Promise<string | undefined> {
  const { bucket: wanted } = account.settings
  try {
    const found = await lookForBucket(account)
    if (!found) return undefined
    const { name, is } = found
    if (is === 'foreign') throw foreign(name, account)
    if (is === 'missing') {
      if (wanted) throw missing(name)
      await make(await account.clients.s3(), account, name)
    }
    if (!wanted) account.update((state) => (state.bucket = name))
    return name
  } catch (error) {
    if (wanted || !isDenied(error)) throw error
    account.notice(`Everything is sent over SSH, there is no bucket: ${(error as Error).message}`)
    return undefined
  }
}

/** Names are one world for all accounts: the digest keeps others from guessing ours before it is made. */
function bucketName({ id, region }: Account): string {
  return `vitest-ec2-${region}-${createHash('sha256').update(`vitest-ec2 ${id} ${region}`).digest('hex').slice(0, 16)}`
}

async function look(s3: S3, { id }: Account, name: string): Promise<'ours' | 'foreign' | 'missing'> {
  try {
    await s3.headBucket({ Bucket: name, ExpectedBucketOwner: id })
    return 'ours'
  } catch (error) {
    const code = awsCode(error) ?? ''
    if (/NotFound|NoSuchBucket|^404/.test(code)) return 'missing'
    if (isDenied(error) || /PermanentRedirect|^301|^403/.test(code)) return 'foreign'
    throw error
  }
}

async function make(s3: S3, account: Account, name: string): Promise<void> {
  const { region, id, settings, owner } = account
  try {
    await s3.createBucket({
      Bucket: name,
      ObjectOwnership: 'BucketOwnerEnforced',
      ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as never } }),
    })
  } catch (error) {
    if (awsCode(error) !== 'BucketAlreadyOwnedByYou') throw error
  }
  const common = { Bucket: name, ExpectedBucketOwner: id }
  // Private first; the rest in any order.
  await s3.putPublicAccessBlock({
    ...common,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  })
  const encryption = settings.kmsKey
    ? { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: settings.kmsKey }
    : { SSEAlgorithm: 'AES256' as const }
  const tags = { ...settings.tags, 'vitest-ec2:owner': owner.name }
  await Promise.all([
    s3.putBucketEncryption({
      ...common,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: encryption, BucketKeyEnabled: Boolean(settings.kmsKey) }],
      },
    }),
    s3.putBucketPolicy({ ...common, Policy: JSON.stringify(tlsOnly(name)) }),
    s3.putBucketLifecycleConfiguration({ ...common, LifecycleConfiguration: { Rules: lifecycle() } }),
    s3.putBucketTagging({
      ...common,
      Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    }),
  ])
}

function tlsOnly(name: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EncryptedConnectionsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  }
}

function lifecycle(): { ID: string; Status: 'Enabled'; Filter: { Prefix: string } }[] {
  const rule = (ID: string, Prefix: string, what: object) => ({
    ID,
    Status: 'Enabled' as const,
    Filter: { Prefix },
    ...what,
  })
  return [
    rule('packs', 'packs/', { Expiration: { Days: KEPT_DAYS } }),
    rule('setups', STEPS_PREFIX, { Expiration: { Days: KEPT_DAYS } }),
    rule('unfinished-uploads', '', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
  ]
}

function foreign(name: string, { id }: Account): Ec2Error {
  return new Ec2Error('EC2_DENIED', `The bucket ${name} is not in account ${id}, or it may not be used from there`, {
    fix: 'Name another in the `bucket` option, or `false` for none.',
    data: { bucket: name },
  })
}

function missing(name: string): Ec2Error {
  return new Ec2Error('EC2_OPTIONS', `There is no bucket ${name}, which the \`bucket\` option names`, {
    fix: 'Make it, or leave the option out: then one is made.',
    data: { bucket: name },
  })
}
