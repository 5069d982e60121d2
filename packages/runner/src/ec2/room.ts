import type { Account } from './account.ts'
import { quotaError, quotaOf, type Lacking } from './quotas.ts'
import type { Market, Survey } from './survey.ts'
import { findVcpusInUse } from './vcpus.ts'

/**
 * The markets of a survey whose quota has room for one more host beside what runs already. A host that is kept warm may be
 * what takes the room, so this is asked when there is none to take over.
 * @throws Ec2Error `EC2_QUOTA` when none has
 */
export async function marketsWithRoom(account: Account, survey: Survey): Promise<Market[]> {
  const early = lookFor(survey)
  if (early.markets.length === survey.markets.length) return early.markets
  // What ran when it was asked may have ended since.
  const { markets, lacking } = lookFor({ ...survey, inUse: await findVcpusInUse(account.clients) })
  if (markets.length === 0) throw quotaError(lacking, account.region)
  return markets
}

function lookFor({ markets, types, quotas, inUse }: Survey): { markets: Market[]; lacking: Lacking[] } {
  const lacking: Lacking[] = []
  const open = markets.filter((market) => {
    const short = types.flatMap(({ name, vcpus }): Lacking[] => {
      const quota = quotaOf(name, market)
      const value = quota && quotas[quota.code]
      if (!quota || value === undefined) return []
      const used = inUse[quota.code] ?? 0
      return value - used < vcpus ? [{ ...quota, type: name, value, used, needed: vcpus }] : []
    })
    lacking.push(...short)
    return short.length < types.length
  })
  return { markets: open, lacking }
}
