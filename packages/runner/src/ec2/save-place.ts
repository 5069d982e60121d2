import type { SavePlace } from '../wire/protocol.ts'
import type { Account } from './account.ts'
import { ensureBucket } from './bucket.ts'
import type { HostRecord } from './host-record.ts'
import type { Journal, MirroredWorkspace } from './journal.ts'
import { lostRunId } from './run-record.ts'
import { RUNS_PREFIX } from './run-store.ts'

export interface SavePlaceOptions {
  journal: Journal
  record: HostRecord
  run: string
  workspace?: MirroredWorkspace | undefined
}

/** A client that is away for less, or gives up itself, finds its host as it left it (ms); less of a short life. */
const GRACE_MS = 150_000

/**
 * Where a host saves what its workers do when nobody comes back for it; nothing where it has no role, or there is no bucket.
 * The journal knows from then on that it may have something.
 */
export async function findSavePlace(
  account: Account,
  { journal, record, run, workspace }: SavePlaceOptions,
): Promise<SavePlace | undefined> {
  const { settings, clients, owner, region, id } = account
  if (settings.iam.instanceProfile === false || account.read().profile === false) return undefined
  const bucket = await ensureBucket(account)
  if (bucket === undefined) return undefined
  const [client, { PutObjectCommand }, { getSignedUrl }] = await Promise.all([
    clients.s3(),
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ])
  // The SDK knows where a bucket is in each part of the world. What it signs is not used: the host has a role.
  const url = new URL(await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: RUNS_PREFIX })))
  url.search = ''
  const { type, market, usdPerHour, startedAt, expiresAt } = record
  const { token, id: instance } = record
  const { machine, process } = owner
  journal.write({ event: 'working', token, instance, run, machine, process, ...(workspace && { workspace }) })
  return {
    url: url.href,
    region,
    account: id,
    run: {
      version: 1,
      id: lostRunId(run, record.id),
      owner: owner.name,
      label: owner.label,
      instance: {
        id: record.id,
        type,
        region,
        market,
        launchedAt: startedAt,
        ...(usdPerHour !== undefined && { usdPerHour }),
      },
      args: [],
      expiresAt,
    },
    graceMs: Math.min(GRACE_MS, settings.maxAgeMs / 10),
  }
}
