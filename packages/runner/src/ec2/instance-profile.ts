import type { Account } from './account.ts'
import { STEPS_PREFIX } from './bucket.ts'
import { awsCode, isDenied, isNotFound } from './explain-error.ts'

/**
 * The role that instances have: it may read and write below our bucket, and do what the user allows, and nothing else. Returns the name of its
 * instance profile, or nothing where the caller may not make one; hosts work without, by presigned URLs.
 */
export async function ensureInstanceProfile(account: Account, bucket: string | undefined): Promise<string | undefined> {
  const { instanceProfile } = account.settings.iam
  if (instanceProfile === false) return undefined
  if (instanceProfile !== 'auto') return instanceProfile
  const name = `vitest-ec2-${account.owner.name}-${account.region}`
  try {
    const [hadProfile] = await Promise.all([
      createProfile(account, name),
      ensureRole(account, name, 'ec2.amazonaws.com'),
    ])
    await putPolicy(account, name, bucket)
    if (!hadProfile) await addRole(account, name)
    account.update((state) => (state.profile = { name, bucket, allow: account.settings.iam.allow }))
    return name
  } catch (error) {
    if (!isDenied(error)) throw error
    account.notice(`Hosts run without an instance profile: ${(error as Error).message}`)
    account.update((state) => (state.profile = false))
    return undefined
  }
}

/** Makes a role that one AWS service may take on, unless it exists. Returns its ARN. */
export async function ensureRole(account: Account, name: string, service: string): Promise<string> {
  const iam = await account.clients.iam()
  const existing = await iam.getRole({ RoleName: name }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
  if (existing?.Role?.Arn) return existing.Role.Arn
  const { path, permissionsBoundary } = account.settings.iam
  try {
    const { Role } = await iam.createRole({
      RoleName: name,
      Description: 'Made by vitest-ec2',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      }),
      ...(path && { Path: path }),
      ...(permissionsBoundary && { PermissionsBoundary: permissionsBoundary }),
      Tags: toIamTags(account),
    })
    return Role?.Arn ?? ''
  } catch (error) {
    if (awsCode(error) !== 'EntityAlreadyExistsException') throw error
    return (await iam.getRole({ RoleName: name })).Role?.Arn ?? ''
  }
}

/** Returns whether the profile existed with its role in it. */
async function createProfile(account: Account, name: string): Promise<boolean> {
  const iam = await account.clients.iam()
  const existing = await iam.getInstanceProfile({ InstanceProfileName: name }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
  if (existing?.InstanceProfile) return (existing.InstanceProfile.Roles ?? []).length > 0
  const { path } = account.settings.iam
  await iam
    .createInstanceProfile({ InstanceProfileName: name, ...(path && { Path: path }), Tags: toIamTags(account) })
    .catch((error: unknown) => {
      if (awsCode(error) !== 'EntityAlreadyExistsException') throw error
    })
  return false
}

async function addRole(account: Account, name: string): Promise<void> {
  const iam = await account.clients.iam()
  await iam.addRoleToInstanceProfile({ InstanceProfileName: name, RoleName: name }).catch((error: unknown) => {
    if (awsCode(error) !== 'LimitExceededException') throw error // it is in already
  })
}

async function putPolicy(account: Account, name: string, bucket: string | undefined): Promise<void> {
  const allow = (Action: string | string[], Resource: string | string[]) => ({ Effect: 'Allow', Action, Resource })
  const Statement: object[] = account.settings.iam.allow.map(({ actions, resources }) => allow(actions, resources))
  if (bucket) {
    Statement.push(
      allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${bucket}/*`),
      allow('s3:ListBucket', `arn:aws:s3:::${bucket}`),
      // Other hosts run what lies there.
      { Effect: 'Deny', Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/${STEPS_PREFIX}*` },
    )
  }
  if (Statement.length === 0) return
  const iam = await account.clients.iam()
  await iam.putRolePolicy({
    RoleName: name,
    PolicyName: 'bucket',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  })
}

function toIamTags({ owner, settings }: Account): { Key: string; Value: string }[] {
  const tags = { ...settings.tags, 'vitest-ec2:owner': owner.name }
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
