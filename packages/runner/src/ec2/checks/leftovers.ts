import { findLeftovers, listInstances } from '../sweep.ts'
import type { Check } from './check.ts'

export const checkLeftovers: Check = async (account) => {
  const instances = await listInstances(account)
  const { left, unattended } = await findLeftovers(account, instances)
  if (left.length === 0) {
    const none = instances.length === 0 ? 'no host runs' : `${instances.length} run, none is left over`
    return [none, ...unattended].join('; ')
  }
  return {
    status: 'warning',
    detail: `left by earlier runs: ${left.map(({ id }) => id).join(', ')}`,
    fix: 'The next run ends them, or now: `npx vitest-ec2 down`.',
  }
}
