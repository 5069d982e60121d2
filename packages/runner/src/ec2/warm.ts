import type { Account } from './account.ts'
import { claimRecord, readRecords, type HostRecord } from './host-record.ts'
import { greets } from './reach.ts'
import { TAG, toTags } from './tags.ts'
import { terminate } from './terminate.ts'

/** A host with less than this left (ms) is not worth a run. */
const MIN_LEFT_MS = 10 * 60_000
const SURE_MS = 20_000

/**
 * Takes a warm host of this configuration over from an earlier run. Without one on record no call is made. One that does
 * not answer is ended; with it, its record.
 */
export async function claimWarm(account: Account, config: string, run: string): Promise<HostRecord | undefined> {
  const now = Date.now()
  const records = readRecords(account.stateDir).filter(
    (record) => record.account === account.id && record.region === account.region,
  )
  for (const record of records) {
    const endsAt = record.warmUntil || record.expiresAt // 0: a run is at work on it
    if (endsAt < now) claimRecord(account.stateDir, record) // it has ended by itself
    const fits = record.config === config && record.warmUntil > now + SURE_MS && record.expiresAt > now + MIN_LEFT_MS
    if (!fits || !claimRecord(account.stateDir, record)) continue
    if (!(await greets(account, record))) {
      account.notice(`The warm host ${record.id} does not answer and is ended`)
      await terminate(account, [record.id]).catch(() => {})
      continue
    }
    try {
      await takeOver(account, record, run)
    } catch (error) {
      // It still looks as if it waited: others would end it under us at its time, and nobody find it again.
      account.notice(`The warm host ${record.id} cannot be taken over and is ended: ${(error as Error).message}`)
      await terminate(account, [record.id]).catch(() => {})
      continue
    }
    return { ...record, warmUntil: 0 }
  }
  return undefined
}

async function takeOver(account: Account, record: HostRecord, run: string): Promise<void> {
  const ec2 = await account.clients.ec2()
  const tags = {
    [TAG.state]: 'working',
    [TAG.run]: run,
    [TAG.process]: account.owner.process,
    [TAG.expiresAt]: new Date(record.expiresAt).toISOString(),
  }
  await ec2.createTags({ Resources: [record.id], Tags: toTags(tags) })
}
