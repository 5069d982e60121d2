import type { Clients } from './clients.ts'
import { knownType, PRICES_FROM } from './instance-types.ts'

/** US dollars a month for a GiB of snapshots, in us-east-1 at `PRICES_FROM`; other regions ask for up to twice that. */
const SNAPSHOT_USD = 0.05

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
  const filters = { instanceType: type, regionCode: region, operatingSystem: 'Linux', tenancy: 'Shared' }
  const products = await findProducts(clients, { ...filters, preInstalledSw: 'NA', capacitystatus: 'Used' })
  return products.map((product) => priceOf(product, 'Hrs')).find(isPrice) ?? builtInPrice(type)?.usd
}

/** US dollars a month for a GiB of a snapshot in that region; the built-in price where the Pricing API cannot be asked. */
export async function findSnapshotPrice(clients: Clients, region: string): Promise<number> {
  const products = await findProducts(clients, { productFamily: 'Storage Snapshot', regionCode: region })
  // Of the same family are archived snapshots, and what is added for those of outposts and local zones.
  const plain = products.filter(({ product }) =>
    /^(\w+-)?EBS:SnapshotUsage$/.test(product?.attributes?.usagetype ?? ''),
  )
  return plain.map((product) => priceOf(product, 'GB-Mo')).find(isPrice) ?? SNAPSHOT_USD
}

/** None where the caller may not ask. */
async function findProducts(clients: Clients, filters: Record<string, string>): Promise<Product[]> {
  const pricing = await clients.pricing()
  const { PriceList = [] } = await pricing
    .getProducts({
      ServiceCode: 'AmazonEC2',
      Filters: Object.entries(filters).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value })),
    })
    .catch(() => ({ PriceList: [] }))
  // The SDK's type says string; what comes is a `String` that holds JSON.
  return (PriceList as { toString(): string }[]).map((entry) => JSON.parse(entry.toString()) as Product)
}

/** The price in us-east-1 on the day in `from`. Elsewhere it is a few per cent more: good enough for an estimate. */
export function builtInPrice(type: string): { usd: number; from: string } | undefined {
  const usd = knownType(type)?.usdPerHour
  return usd === undefined ? undefined : { usd, from: PRICES_FROM }
}

function priceOf({ terms }: Product, unit: string): number | undefined {
  const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap((term) => Object.values(term.priceDimensions ?? {}))
  const usd = dimensions.find((dimension) => dimension.unit === unit)?.pricePerUnit?.USD
  return usd === undefined ? undefined : Number(usd)
}

function isPrice(usd: number | undefined): usd is number {
  return usd !== undefined && usd > 0
}

interface Product {
  product?: { attributes?: { usagetype?: string } }
  terms?: {
    OnDemand?: Record<string, { priceDimensions?: Record<string, { unit?: string; pricePerUnit?: { USD?: string } }> }>
  }
}
