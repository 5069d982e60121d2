import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, Ec2Error } from '../errors.ts'
import { openAccount, type Account, type AccountOptions } from './account.ts'
import { checkAddress, checkPort22 } from './checks/address.ts'
import { checkAddresses } from './checks/addresses.ts'
import { checkBucket } from './checks/bucket.ts'
import type { Check, Found, Wanted } from './checks/check.ts'
import { checkCredentials } from './checks/credentials.ts'
import { checkBaked, checkImage } from './checks/images.ts'
import { checkLeftovers } from './checks/leftovers.ts'
import { checkNetwork } from './checks/network.ts'
import { checkPermissions } from './checks/permissions.ts'
import { checkPrices } from './checks/prices.ts'
import { checkQuotas } from './checks/quotas.ts'
import { checkCapacity, checkSpotRole } from './checks/spot.ts'

/** One line of what `doctor` says. `warning`: a run works, but lacks something. */
export interface Finding extends Found {
  check: string
}

/** In the order in which they are told: what stands above is needed by what is below. */
const CHECKS: Record<string, Check> = {
  credentials: checkCredentials,
  region: async (account) => account.region,
  permissions: checkPermissions,
  quotas: checkQuotas,
  network: checkNetwork,
  address: checkAddress,
  'other addresses': checkAddresses,
  'port 22': checkPort22,
  image: checkImage,
  'baked image': checkBaked,
  bucket: checkBucket,
  prices: checkPrices,
  'spot role': checkSpotRole,
  leftovers: checkLeftovers,
}
/** Whoever asks waits ten seconds and no longer, and starting the program with the configuration takes some of them. */
const PATIENCE_MS = 7000

/** Tries everything that a run needs, side by side, and makes nothing. Answers within seven seconds. */
export async function examine(
  options: AccountOptions,
  wanted: Wanted,
  { capacity = false, patienceMs = PATIENCE_MS } = {},
): Promise<Finding[]> {
  const late = sleep(patienceMs, undefined, { ref: false })
  let account: Account
  try {
    account = await inTime(openAccount(options), late, patienceMs)
  } catch (error) {
    return [failed('credentials', error)]
  }
  const checks = { ...CHECKS, ...(capacity && { capacity: checkCapacity }) }
  const findings = await Promise.all(
    Object.entries(checks).map(async ([check, run]): Promise<Finding[]> => {
      try {
        const found = await inTime(run(account, wanted), late, patienceMs)
        if (found === undefined) return []
        return [typeof found === 'string' ? { check, status: 'ok', detail: found } : { check, ...found }]
      } catch (error) {
        return [failed(check, error)]
      }
    }),
  )
  return findings.flat()
}

async function inTime<T>(answer: Promise<T>, late: Promise<void>, patienceMs: number): Promise<T> {
  answer.catch(() => {}) // it may come after the end
  return await Promise.race([
    answer,
    late.then(() => {
      throw new Ec2Error('EC2_NETWORK', `AWS did not answer within ${patienceMs / 1000} s`, {
        fix: 'Check the network, the region and HTTPS_PROXY, and look again.',
      })
    }),
  ])
}

function failed(check: string, error: unknown): Finding {
  const fix = error instanceof Ec2Error ? error.fix : undefined
  const detail = error instanceof Ec2Error ? error.message : describeError(error)
  return { check, status: 'failure', detail, ...(fix !== undefined && { fix }) }
}
