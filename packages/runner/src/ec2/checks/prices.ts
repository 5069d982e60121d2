import { chooseTypes } from '../instance-types.ts'
import { builtInPrice, findPrice, findSpotPrices } from '../prices.ts'
import type { Check } from './check.ts'

export const checkPrices: Check = async (account, { spec }) => {
  const name = chooseTypes(spec)[0]?.name ?? ''
  const [onDemand, spot] = await Promise.all([
    findPrice(account.clients, name, account.region),
    findSpotPrices(account.clients, [name]),
  ])
  const cheapest = spot.map(({ usd }) => usd).toSorted((a, b) => a - b)[0]
  const detail = `${name}: ${onDemand === undefined ? 'unknown' : `$${onDemand}/h`} on demand, ${cheapest === undefined ? 'unknown' : `$${cheapest}/h`} spot`
  if (onDemand !== undefined) return detail
  const { from } = builtInPrice(name) ?? {}
  return {
    status: 'warning',
    detail,
    fix: `Allow pricing:GetProducts${from ? `; until then prices of ${from} are used` : ''}.`,
  }
}
