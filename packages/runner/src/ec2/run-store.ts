import { createReadStream } from 'node:fs'
import type { SaveStore } from '../wire/run-record.ts'
import type { Clients } from './clients.ts'
import { awsCode, isDenied } from './explain-error.ts'

export interface RunStoreOptions {
  /** the bucket */
  name: string
  /** whose it must be */
  account: string
  clients: Pick<Clients, 's3'>
}

/** What runs that go on by themselves keep in a bucket, under `runs/<id>/`. Keys are relative to that folder. */
export interface RunStore extends SaveStore {
  /** ids of the runs that left something, newest first */
  ids(): Promise<string[]>
  /** `from`…`to` as in `slice`; nothing when it is not there */
  get(run: string, key: string, from?: number, to?: number): Promise<Uint8Array | undefined>
  /** for people: `s3://bucket/runs/…` */
  url(run: string, key: string): string
}

export const RUNS_PREFIX = 'runs/'

export function createRunStore({ name, account, clients }: RunStoreOptions): RunStore {
  const owned = { Bucket: name, ExpectedBucketOwner: account }
  const place = (run: string, key: string) => ({ ...owned, Key: `${RUNS_PREFIX}${run}/${key}` })
  return {
    async ids() {
      const [client, { paginateListObjectsV2 }] = await Promise.all([clients.s3(), import('@aws-sdk/client-s3')])
      const ids: string[] = []
      for await (const { CommonPrefixes = [] } of paginateListObjectsV2(
        { client },
        { ...owned, Prefix: RUNS_PREFIX, Delimiter: '/' },
      )) {
        ids.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix.slice(RUNS_PREFIX.length, -1)))
      }
      return ids.toSorted().toReversed()
    },
    async put(run, key, content) {
      await (await clients.s3()).putObject({ ...place(run, key), Body: content })
    },
    async putFile(run, key, path) {
      const [client, { Upload }] = await Promise.all([clients.s3(), import('@aws-sdk/lib-storage')])
      await new Upload({ client, params: { ...place(run, key), Body: createReadStream(path) } }).done()
    },
    async get(run, key, from = 0, to) {
      try {
        const range = from > 0 || to !== undefined ? { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` } : {}
        const { Body } = await (await clients.s3()).getObject({ ...place(run, key), ...range })
        return (await Body?.transformToByteArray()) ?? new Uint8Array()
      } catch (error) {
        if (awsCode(error) === 'InvalidRange') return new Uint8Array()
        // Who may not list a bucket is told 403 of what is not there.
        if (/NoSuchKey|NotFound/.test(awsCode(error) ?? '') || isDenied(error)) return undefined
        throw error
      }
    },
    url: (run, key) => `s3://${name}/${RUNS_PREFIX}${run}/${key}`,
  }
}
