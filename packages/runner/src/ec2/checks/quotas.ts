import { chooseTypes } from '../instance-types.ts'
import { marketsOf, quotaError, quotaOf, type Lacking } from '../quotas.ts'
import { sizeTypes } from '../survey.ts'
import { findVcpusInUse } from '../vcpus.ts'
import type { Check } from './check.ts'

type Limit = Lacking & { used: number }

/** The vCPUs that the account may have, and those that run already, against what the hosts of a run take together. */
export const checkQuotas: Check = async (account, { spec, maxHosts }) => {
  const quotas = await account.clients.quotas()
  const [sizes, inUse] = await Promise.all([sizeTypes(account, spec), findVcpusInUse(account.clients)])
  const asked = new Map<string, Promise<number>>()
  const valueOf = (code: string) => {
    const known = asked.get(code)
    if (known) return known
    const asking = quotas
      .getServiceQuota({ ServiceCode: 'ec2', QuotaCode: code })
      .then(({ Quota: found }) => found?.Value ?? 0)
    asked.set(code, asking)
    return asking
  }
  const found = await Promise.all(
    marketsOf(spec).flatMap((market) =>
      chooseTypes(spec).map(async ({ name: type }): Promise<Limit[]> => {
        const quota = quotaOf(type, market)
        if (!quota) return []
        const value = await valueOf(quota.code)
        return [{ ...quota, type, needed: sizes[type]?.vcpus ?? 0, value, used: inUse[quota.code] ?? 0 }]
      }),
    ),
  )
  const limits = found.flat()
  const [first] = limits
  if (!first)
    return `no quota is known for ${chooseTypes(spec)
      .map(({ name }) => name)
      .join(', ')}`
  const markets = [...new Map(limits.map((limit) => [limit.code, limit])).values()]
  const has = markets.map(
    ({ family, value, used, market }) =>
      `${used} of ${value} vCPUs ${market} used${family === first.family ? '' : ` (${family})`}`,
  )
  const takes = `${first.type} takes ${first.needed}${maxHosts > 1 ? `, ${maxHosts} hosts ${first.needed * maxHosts}` : ''}`
  const detail = `${first.family} instances: ${has.join(', ')}; ${takes}`
  const lacking = limits.filter((limit) => roomOf(limit) < limit.needed)
  if (lacking.length === limits.length) return { status: 'failure', detail, ...fixOf(lacking, account.region) }
  const isShort = (wanted: number) =>
    markets.filter(
      ({ market, type }) =>
        !limits.some(
          (limit) => limit.market === market && limit.type === type && roomOf(limit) >= limit.needed * wanted,
        ),
    )
  const without = isShort(1)
  if (without.length > 0) return { status: 'warning', detail, ...fixOf(without, account.region) }
  const tight = isShort(maxHosts)
  if (tight.length < markets.length) return detail
  const most = Math.max(...limits.map((limit) => Math.floor(roomOf(limit) / limit.needed)))
  const all = tight.map((limit) => ({ ...limit, needed: limit.needed * maxHosts }))
  return { status: 'warning', detail: `${detail}: ${most} at a time`, ...fixOf(all, account.region) }
}

function roomOf({ value, used }: Limit): number {
  return value - used
}

function fixOf(lacking: readonly Limit[], region: string): { fix?: string } {
  const { fix } = quotaError(lacking, region)
  return fix === undefined ? {} : { fix }
}
