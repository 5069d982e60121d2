import type { Account } from './account.ts'
import { findAllowed } from './caller-address.ts'
import type { Network } from './network.ts'
import { endpointOf } from './route.ts'

/**
 * Who may reach SSH: this machine, as ranges of addresses, or the endpoint through which it comes, as security groups.
 */
export async function findSources(account: Account, { vpc, endpoint }: Network): Promise<string[]> {
  const { allowFrom } = account.settings.network
  if (endpoint === undefined) return await findAllowed(allowFrom)
  const { preservesClientIp, securityGroups } = await endpointOf(account, vpc)
  return preservesClientIp ? await findAllowed(allowFrom) : securityGroups
}
