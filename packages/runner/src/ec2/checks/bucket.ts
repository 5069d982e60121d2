import { lookForBucket } from '../bucket.ts'
import type { Check } from './check.ts'

export const checkBucket: Check = async (account) => {
  const found = await lookForBucket(account)
  if (!found) return 'none, as `bucket: false` says: everything goes over SSH'
  const { name, is, isNamed } = found
  if (is === 'ours') return `${name} is there`
  if (is === 'missing' && !isNamed) return `the first run makes ${name}`
  const fix = 'Name another in `bucket`, or leave the option out: then one is made.'
  if (is === 'missing') return { status: 'failure', detail: `there is no bucket ${name}`, fix }
  return { status: 'failure', detail: `${name} is not this account's, or may not be used from it`, fix }
}
