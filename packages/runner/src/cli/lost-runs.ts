import type { Instance } from '@aws-sdk/client-ec2'
import { readRecord, type RunRecord } from '../detached/record.ts'
import type { Account } from '../ec2/account.ts'
import { findBucket } from '../ec2/bucket.ts'
import { isDenied } from '../ec2/explain-error.ts'
import { createRunStore } from '../ec2/run-store.ts'

/** Looked through, newest first; older ones are nobody's concern any more. */
const LOOKED_AT = 20
const RECENT_MS = 3 * 24 * 3600_000
/** A run that has just begun may be here before its instance shows, and one that ends is gone a little before it says so. */
const SILENT_MS = 2 * 60_000

/** Detached runs of the last days that never said how they ended, and whose instance is gone. */
export async function findLostRuns(account: Account, instances: readonly Instance[]): Promise<RunRecord[]> {
  const there = new Set(instances.map(({ InstanceId }) => InstanceId))
  try {
    const name = await findBucket(account)
    if (name === undefined) return []
    const store = createRunStore({ name, account: account.id, clients: account.clients })
    const ids = (await store.ids()).slice(0, LOOKED_AT)
    const records = await Promise.all(ids.map((id) => readRecord(store, id)))
    return records.filter((record) => record !== undefined).filter((record) => isLost(record, there))
  } catch (error) {
    if (isDenied(error)) return [] // who may not look into the bucket began no such run
    throw error
  }
}

function isLost({ state, heardAt, instance }: RunRecord, there: ReadonlySet<string | undefined>): boolean {
  const silentMs = Date.now() - heardAt
  return state === 'running' && !there.has(instance.id) && silentMs > SILENT_MS && silentMs < RECENT_MS
}
