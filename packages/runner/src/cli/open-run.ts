import { findBucket } from '../ec2/bucket.ts'
import { readRecord } from '../ec2/run-record.ts'
import { createRunStore, type RunStore } from '../ec2/run-store.ts'
import { Ec2Error } from '../errors.ts'
import type { RunRecord } from '../wire/run-record.ts'
import type { Context } from './context.ts'

/** Looked through, newest first, for the run of an instance or of an owner. */
const LOOKED_AT = 50

/**
 * Finds a detached run by its id or its instance; without a name, the newest of this owner.
 * @throws Ec2Error `EC2_HOST` when there is none, with those that there are
 */
export async function openRun(
  { open }: Context,
  name: string | undefined,
): Promise<{ store: RunStore; record: RunRecord }> {
  const account = await open()
  const bucket = await findBucket(account)
  if (bucket === undefined) throw none(`There is no bucket of detached runs in ${account.region}`, [])
  const store = createRunStore({ name: bucket, account: account.id, clients: account.clients })
  const named = name === undefined || name.startsWith('i-') ? undefined : await readRecord(store, name)
  if (named) return { store, record: named }
  const ids = (await store.ids()).slice(0, LOOKED_AT)
  const records = (await Promise.all(ids.map((id) => readRecord(store, id)))).filter((record) => record !== undefined)
  const found = records.find(({ owner, instance, state }) =>
    name === undefined ? owner === account.owner.name && state !== 'returned' : instance.id === name,
  )
  if (found) return { store, record: found }
  const who = name === undefined ? `of ${account.owner.name}` : `called ${name}`
  throw none(`No detached run ${who} is in ${bucket}`, records)
}

function none(message: string, records: readonly RunRecord[]): Ec2Error {
  const known = records.slice(0, 5).map(({ id, label, state }) => `${id} (${label}, ${state})`)
  return new Ec2Error('EC2_HOST', message, {
    fix:
      known.length > 0
        ? `Name one: ${known.join(', ')}.`
        : '`npx vitest-ec2 run --detach` begins one; `--region` and VITEST_EC2_BUCKET name other places to look.',
  })
}
