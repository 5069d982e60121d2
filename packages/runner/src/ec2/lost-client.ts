import type { Instance } from '@aws-sdk/client-ec2'
import type { RunRecord } from '../wire/run-record.ts'
import type { Account } from './account.ts'
import { lostRunId, readRecord } from './run-record.ts'
import { createRunStore, type RunStore } from './run-store.ts'
import { readTags } from './tags.ts'

/** A host at work says so every few seconds; silent for longer (ms), it hangs. */
const SILENT_MS = 2 * 60_000

/** Where hosts that lost their client keep what they did; nothing where there is no bucket. Makes and asks nothing. */
export function findLostStore(account: Account): RunStore | undefined {
  const name = account.settings.bucket ?? account.read().bucket
  return name ? createRunStore({ name, account: account.id, clients: account.clients }) : undefined
}

/** What a host says that goes on without its client; nothing when it does not. */
export async function readUnattended(account: Account, instance: Instance): Promise<RunRecord | undefined> {
  const { run = '' } = readTags(instance.Tags)
  const store = findLostStore(account)
  // Who may not read it cannot know, and a host that nobody needs is to end.
  const record = store && (await readRecord(store, lostRunId(run, instance.InstanceId ?? '')).catch(() => undefined))
  return record?.state === 'running' && Date.now() - record.heardAt < SILENT_MS ? record : undefined
}

/** For whoever wonders why it is still there. */
export function describeUnattended({ instance, expiresAt }: RunRecord): string {
  return `${instance.id} goes on with its tests though the run that launched it is gone, saves what they write, and ends by itself, at ${new Date(expiresAt).toISOString()} at the latest. End it now: npx vitest-ec2 down ${instance.id}`
}
