import type { Image } from '@aws-sdk/client-ec2'
import type { Account } from './account.ts'
import { findSnapshotPrice } from './prices.ts'
import { recall } from './recall.ts'
import { readTags, TAG } from './tags.ts'

const DAY = 24 * 3_600_000

/** Images that this owner baked in this region, in any state, newest first. */
export async function listBaked(account: Account, name?: string): Promise<Image[]> {
  const ec2 = await account.clients.ec2()
  const wanted = { [TAG.owner]: account.owner.name, ...(name !== undefined && { [TAG.image]: name }) }
  const { Images = [] } = await ec2.describeImages({
    Owners: ['self'], // whoever names an image of another account as ours is not heard
    Filters: Object.entries(wanted).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
  })
  return Images.toSorted((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1))
}

/** The image with which hosts start that take the one of this name; nothing when none was baked, or none is wanted. */
export async function findBaked(account: Account, name: string): Promise<Image | undefined> {
  if (account.ignoresBaked) return undefined
  return (await listBaked(account, name)).find(isReady)
}

/** Those that no run uses: a newer one stands in for them, or they never came to be. Not those that still come. */
export function findUnused(images: readonly Image[]): Image[] {
  const taken = new Set<string>()
  return images.filter((image) => {
    if (image.State === 'pending') return false
    const { image: name = '' } = readTags(image.Tags)
    if (!isReady(image) || taken.has(name)) return true
    taken.add(name)
    return false
  })
}

/** What snapshots cost in a region: US dollars a month for a GiB, as asked some days ago at most. */
export async function snapshotPrice(account: Account): Promise<number> {
  const { clients, region } = account
  return await recall(account, 'prices', 'snapshot', { soft: DAY, hard: 30 * DAY }, () =>
    findSnapshotPrice(clients, region),
  )
}

/** What their snapshots cost a month at most (`$2.00`): AWS bills what of the disks was written. */
export function monthlyCost(images: readonly Image[], usdPerGiB: number): string {
  return `$${(images.reduce((sum, image) => sum + sizeOf(image), 0) * usdPerGiB).toFixed(2)}`
}

/** GiB */
function sizeOf({ BlockDeviceMappings = [] }: Image): number {
  return BlockDeviceMappings.reduce((sum, { Ebs }) => sum + (Ebs?.VolumeSize ?? 0), 0)
}

function isReady({ State }: Image): boolean {
  return State === 'available'
}
