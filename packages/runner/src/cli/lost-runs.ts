import type { Instance } from '@aws-sdk/client-ec2'
import type { Account } from '../ec2/account.ts'
import { findBucket } from '../ec2/bucket.ts'
import { isDenied } from '../ec2/explain-error.ts'
import { openJournal } from '../ec2/journal.ts'
import { collectedRuns } from '../ec2/uncollected-work.ts'
import { readRecord } from '../ec2/run-record.ts'
import { createRunStore } from '../ec2/run-store.ts'
import type { RunRecord } from '../wire/run-record.ts'

/** Looked through, newest first; older ones are nobody's concern any more. */
const LOOKED_AT = 20
const RECENT_MS = 3 * 24 * 3600_000
/** A run that has just begun may be here before its instance shows, and one that ends is gone a little before it says so. */
const SILENT_MS = 2 * 60_000

/**
 * Runs of the last days that never said how they ended, and whose instance is gone; and what hosts did that lost their client,
 * where nobody has fetched it.
 */
export async function findLostRuns(account: Account, instances: readonly Instance[]): Promise<RunRecord[]> {
  const there = new Set(instances.map(({ InstanceId }) => InstanceId))
  try {
    const name = await findBucket(account)
    if (name === undefined) return []
    const store = createRunStore({ name, account: account.id, clients: account.clients })
    const ids = (await store.ids()).slice(0, LOOKED_AT)
    const records = await Promise.all(ids.map((id) => readRecord(store, id)))
    const entries = openJournal(account.stateDir).read()
    const collected = collectedRuns(entries)
    return records
      .filter((record) => record !== undefined)
      .filter((record) => isLost(record, there) && !collected.has(record.id))
  } catch (error) {
    if (isDenied(error)) return [] // who may not look into the bucket began no such run
    throw error
  }
}

function isLost({ state, heardAt, instance, lost }: RunRecord, there: ReadonlySet<string | undefined>): boolean {
  const silentMs = Date.now() - heardAt
  if (there.has(instance.id) || silentMs > RECENT_MS) return false
  return (state === 'running' && silentMs > SILENT_MS) || (state === 'ended' && lost !== undefined)
}
