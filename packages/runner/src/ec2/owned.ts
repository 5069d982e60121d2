import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { listBaked } from './baked-images.ts'
import { findBucketOf } from './bucket-removal.ts'
import { awsCode, isNotFound } from './explain-error.ts'
import { removeImage } from './remove-image.ts'
import { listInstances } from './sweep.ts'
import { readTags, TAG } from './tags.ts'
import { terminate } from './terminate.ts'

/** Something in the account that this owner made. */
export interface Owned {
  kind: string
  id: string
  /** things of a lower rank go first: a group is in use while an instance has it */
  rank: number
  remove: () => Promise<void>
}

export interface OwnedOptions {
  /** a bucket holds reports, so it goes only when it is named */
  bucket?: string | undefined
}

/** Everything that this owner made in the account and region, in the order in which it can be removed. */
export async function findOwned(account: Account, { bucket }: OwnedOptions = {}): Promise<Owned[]> {
  const found = await Promise.all([
    findInstances(account),
    findInEc2(account),
    findImages(account),
    findRoles(account),
    bucket === undefined ? [] : findBucketOf(account, bucket),
  ])
  return found.flat().toSorted((a, b) => a.rank - b.rank)
}

/** Removes all of it and forgets what was remembered. */
export async function removeOwned(
  account: Account,
  owned: readonly Owned[],
  onRemoved: (thing: Owned) => void,
): Promise<void> {
  for (const thing of owned) {
    await thing.remove()
    onRemoved(thing)
  }
  account.update((state) => {
    state.securityGroups = {}
    state.images = {}
    for (const key of ['keyPair', 'profile', 'template', 'schedulerRole'] as const) delete state[key]
    if (owned.some(({ kind, id }) => kind === 'bucket' && id === state.bucket)) delete state.bucket
  })
}

async function findInstances(account: Account): Promise<Owned[]> {
  const instances = await listInstances(account)
  return instances
    .filter(({ Tags }) => readTags(Tags).owner === account.owner.name)
    .map(({ InstanceId: id = '' }) => ({ kind: 'instance', id, rank: 0, remove: () => terminate(account, [id]) }))
}

async function findInEc2(account: Account): Promise<Owned[]> {
  const ec2 = await account.clients.ec2()
  const Filters = [{ Name: `tag:${TAG.owner}`, Values: [account.owner.name] }]
  const [{ LaunchTemplates = [] }, { KeyPairs = [] }, { SecurityGroups = [] }] = await Promise.all([
    ec2.describeLaunchTemplates({ Filters }),
    ec2.describeKeyPairs({ Filters }),
    ec2.describeSecurityGroups({ Filters }),
  ])
  return [
    ...LaunchTemplates.map(({ LaunchTemplateId: id = '' }) => ({
      kind: 'launch template',
      id,
      rank: 1,
      remove: async () => void (await ec2.deleteLaunchTemplate({ LaunchTemplateId: id })),
    })),
    ...KeyPairs.map(({ KeyName: id = '' }) => ({
      kind: 'key pair',
      id,
      rank: 1,
      remove: async () => void (await ec2.deleteKeyPair({ KeyName: id })),
    })),
    ...SecurityGroups.map(({ GroupId: id = '' }) => ({
      kind: 'security group',
      id,
      rank: 3,
      remove: () => whileInUse(async () => void (await ec2.deleteSecurityGroup({ GroupId: id }))),
    })),
  ]
}

/** Baked images, and snapshots of images that are gone: both are billed. */
async function findImages(account: Account): Promise<Owned[]> {
  const ec2 = await account.clients.ec2()
  const Filters = [{ Name: `tag:${TAG.owner}`, Values: [account.owner.name] }]
  const [images, { Snapshots = [] }] = await Promise.all([
    listBaked(account),
    ec2.describeSnapshots({ OwnerIds: ['self'], Filters }),
  ])
  const used = new Set(
    images.flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId)),
  )
  return [
    ...images.map((image) => ({
      kind: 'image',
      id: image.ImageId ?? '',
      rank: 1,
      remove: () => removeImage(account, image),
    })),
    ...Snapshots.filter(({ SnapshotId }) => !used.has(SnapshotId)).map(({ SnapshotId: id = '' }) => ({
      kind: 'snapshot',
      id,
      rank: 2,
      remove: async () => void (await ec2.deleteSnapshot({ SnapshotId: id }).catch(unlessMissing)),
    })),
  ]
}

async function findRoles(account: Account): Promise<Owned[]> {
  const iam = await account.clients.iam()
  const base = `vitest-ec2-${account.owner.name}-${account.region}`
  const exists = async (ask: Promise<unknown>) => {
    try {
      await ask
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }
  const role = (id: string, policy: string): Owned => ({
    kind: 'role',
    id,
    rank: 2,
    async remove() {
      await iam.deleteRolePolicy({ RoleName: id, PolicyName: policy }).catch(unlessMissing)
      await iam.deleteRole({ RoleName: id }).catch(unlessMissing)
    },
  })
  const [hasProfile, hasRole, hasScheduler] = await Promise.all([
    exists(iam.getInstanceProfile({ InstanceProfileName: base })),
    exists(iam.getRole({ RoleName: base })),
    exists(iam.getRole({ RoleName: `${base}-scheduler` })),
  ])
  const profile: Owned = {
    kind: 'instance profile',
    id: base,
    rank: 1,
    async remove() {
      const names = { InstanceProfileName: base, RoleName: base }
      await iam.removeRoleFromInstanceProfile(names).catch(unlessMissing)
      await iam.deleteInstanceProfile({ InstanceProfileName: base }).catch(unlessMissing)
    },
  }
  return [
    ...(hasProfile ? [profile] : []),
    ...(hasRole ? [role(base, 'bucket')] : []),
    ...(hasScheduler ? [role(`${base}-scheduler`, 'terminate')] : []),
  ]
}

/** An instance lets go of its security group only when it is gone altogether. */
async function whileInUse(remove: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 3 * 60_000
  for (;;) {
    try {
      return await remove()
    } catch (error) {
      if (awsCode(error) !== 'DependencyViolation' || Date.now() > deadline) throw error
      await sleep(1000)
    }
  }
}

function unlessMissing(error: unknown): void {
  if (!isNotFound(error)) throw error
}
