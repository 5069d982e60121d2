import { leftoverReason, listInstances } from '../sweep.ts'
import type { Check } from './check.ts'

export const checkLeftovers: Check = async (account) => {
  const instances = await listInstances(account)
  const left = instances.filter((instance) => leftoverReason(instance, account.owner.machine) !== undefined)
  if (left.length === 0) return instances.length === 0 ? 'no host runs' : `${instances.length} run, none is left over`
  return {
    status: 'warning',
    detail: `left by earlier runs: ${left.map(({ InstanceId }) => InstanceId).join(', ')}`,
    fix: 'The next run ends them, or now: `npx vitest-ec2 down`.',
  }
}
