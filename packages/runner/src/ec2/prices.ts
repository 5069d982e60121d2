import type { Clients } from './clients.ts'
import { knownType, PRICES_FROM } from './instance-types.ts'

/** US dollars a month for a GiB of snapshots, in us-east-1; other regions ask for up to twice that. */
export const SNAPSHOT_USD = 0.05

export interface SpotPrice {
  type: string
  zone: string
  usd: number
}

/** What spot capacity costs now, by type and zone; nothing where the caller may not ask. */
export async function findSpotPrices(clients: Clients, types: readonly string[]): Promise<SpotPrice[]> {
  const ec2 = await clients.ec2()
  const { SpotPriceHistory = [] } = await ec2
    .describeSpotPriceHistory({
      InstanceTypes: types as never,
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: new Date(),
    })
    .catch(() => ({ SpotPriceHistory: [] }))
  return SpotPriceHistory.flatMap(({ InstanceType, AvailabilityZone, SpotPrice }) =>
    InstanceType && AvailabilityZone && SpotPrice
      ? [{ type: InstanceType, zone: AvailabilityZone, usd: Number(SpotPrice) }]
      : [],
  )
}

/** US dollars an hour for Linux on demand; from the built-in list where the Pricing API cannot be asked. */
export async function findPrice(clients: Clients, type: string, region: string): Promise<number | undefined> {
  const pricing = await clients.pricing()
  const filters = { instanceType: type, regionCode: region, operatingSystem: 'Linux', tenancy: 'Shared' }
  const { PriceList = [] } = await pricing
    .getProducts({
      ServiceCode: 'AmazonEC2',
      Filters: Object.entries({ ...filters, preInstalledSw: 'NA', capacitystatus: 'Used' }).map(([Field, Value]) => ({
        Type: 'TERM_MATCH' as const,
        Field,
        Value,
      })),
    })
    .catch(() => ({ PriceList: [] }))
  return (
    (PriceList as unknown[]).map(readProduct).find((usd) => usd !== undefined && usd > 0) ?? builtInPrice(type)?.usd
  )
}

/** The price in us-east-1 on the day in `from`. Elsewhere it is a few per cent more: good enough for an estimate. */
export function builtInPrice(type: string): { usd: number; from: string } | undefined {
  const usd = knownType(type)?.usdPerHour
  return usd === undefined ? undefined : { usd, from: PRICES_FROM }
}

function readProduct(entry: unknown): number | undefined {
  const product = (typeof entry === 'string' ? JSON.parse(entry) : entry) as Product
  const terms = Object.values(product.terms?.OnDemand ?? {})
  const dimensions = terms.flatMap((term) => Object.values(term.priceDimensions ?? {}))
  const hourly = dimensions.find(({ unit }) => unit === 'Hrs')
  return hourly?.pricePerUnit?.USD === undefined ? undefined : Number(hourly.pricePerUnit.USD)
}

interface Product {
  terms?: {
    OnDemand?: Record<string, { priceDimensions?: Record<string, { unit?: string; pricePerUnit?: { USD?: string } }> }>
  }
}
