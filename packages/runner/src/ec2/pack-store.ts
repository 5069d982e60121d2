import { Readable } from 'node:stream'
import pLimit from 'p-limit'
import type { BlobStore } from '../sync/sync-target.ts'
import type { Clients } from './clients.ts'
import { awsCode, isDenied } from './explain-error.ts'

export interface PackStoreOptions {
  /** the bucket */
  name: string
  /** whose it must be */
  account: string
  clients: Clients
}

const LOOKS = 32
const URL_SECONDS = 3600

/** Packs in a bucket, under `packs/<sha256>`. Hosts fetch them by presigned URLs and need no credentials. */
export function createPackStore({ name, account, clients }: PackStoreOptions): BlobStore {
  const place = (hash: string) => ({ Bucket: name, Key: `packs/${hash}` })
  const owned = { ExpectedBucketOwner: account }
  return {
    async missing(packs) {
      const s3 = await clients.s3()
      const looked = await pLimit(LOOKS).map(packs, async (hash) => {
        try {
          await s3.headObject({ ...place(hash), ...owned })
          return []
        } catch (error) {
          // Who may not list a bucket is told 403 of what is not there, and so are expired credentials: putting it tells.
          if (isDenied(error) || /NotFound|NoSuchKey|^404/.test(awsCode(error) ?? '')) return [hash]
          throw error
        }
      })
      return looked.flat()
    },
    async put({ hash, size }, content, signal) {
      const [client, { Upload }] = await Promise.all([clients.s3(), import('@aws-sdk/lib-storage')])
      const Body = Readable.from(content(), { objectMode: false })
      const upload = new Upload({ client, params: { ...place(hash), ...owned, Body, ContentLength: size } })
      const onAbort = () => void upload.abort()
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        await upload.done()
      } finally {
        signal?.removeEventListener('abort', onAbort)
      }
    },
    async url(hash) {
      const [client, { GetObjectCommand }, { getSignedUrl }] = await Promise.all([
        clients.s3(),
        import('@aws-sdk/client-s3'),
        import('@aws-sdk/s3-request-presigner'),
      ])
      return await getSignedUrl(client, new GetObjectCommand(place(hash)), { expiresIn: URL_SECONDS })
    },
  }
}
