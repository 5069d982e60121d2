import type { Account } from './account.ts'
import { isNotFound } from './explain-error.ts'
import type { Owned } from './owned.ts'

/** The bucket of that name with all that is in it, when it is this account's. */
export async function findBucketOf(account: Account, name: string): Promise<Owned[]> {
  const s3 = await account.clients.s3()
  const common = { Bucket: name, ExpectedBucketOwner: account.id }
  try {
    await s3.headBucket(common)
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
  return [
    {
      kind: 'bucket',
      id: name,
      rank: 4,
      async remove() {
        for (;;) {
          const { Contents = [] } = await s3.listObjectsV2(common)
          if (Contents.length === 0) break
          await s3.deleteObjects({ ...common, Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true } })
        }
        await s3.deleteBucket(common)
      },
    },
  ]
}
