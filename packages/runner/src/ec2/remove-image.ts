import type { Image } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { isNotFound } from './explain-error.ts'

/** Takes an image away with the snapshots that are billed for it. Hosts that were launched from it go on. */
export async function removeImage(account: Account, { ImageId = '' }: Pick<Image, 'ImageId'>): Promise<void> {
  const ec2 = await account.clients.ec2()
  try {
    const answer = await ec2.deregisterImage({ ImageId, DeleteAssociatedSnapshots: true })
    const kept = (answer.DeleteSnapshotResults ?? []).filter(({ ReturnCode }) => ReturnCode !== 'success')
    if (kept.length > 0) {
      const names = kept.map(({ SnapshotId, ReturnCode }) => `${SnapshotId} (${ReturnCode})`).join(', ')
      throw new Ec2Error('EC2_API', `${ImageId} is removed, but not its snapshots: ${names}`, {
        fix: 'They cost money: `npx vitest-ec2 destroy` removes them, or `aws ec2 delete-snapshot`.',
      })
    }
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  forgetImages(account)
}

/** What is remembered of images is asked anew: one came or went. */
export function forgetImages(account: Account): void {
  account.update((state) => (state.images = {}))
}
