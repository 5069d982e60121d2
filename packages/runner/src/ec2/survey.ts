import { Ec2Error } from '../errors.ts'
import type { InstanceSpec } from '../options.ts'
import type { Account } from './account.ts'
import { findImage, wantImage, type Image, type WantedImage } from './images.ts'
import { chooseTypes } from './instance-types.ts'
import { findNetwork, findOfferings, findSizes, X86_64, type Network, type TypeSize } from './network.ts'
import { builtInPrice, findPrice, findSpotPrices } from './prices.ts'
import { marketsOf, quotaError, quotaOf } from './quotas.ts'
import { recall, recallAll } from './recall.ts'
import { findVcpusInUse, type VcpusInUse } from './vcpus.ts'

export type Market = 'spot' | 'on-demand'

/** What can be had for a spec, and where. */
export interface Survey {
  image: Image
  network: Network
  /** in the order in which they are tried: those that the quota lets in */
  markets: Market[]
  /** vCPUs, by code: quotas as far as they are known, and what runs already */
  quotas: Readonly<Record<string, number>>
  inUse: VcpusInUse
  types: OfferedType[]
}

interface OfferedType {
  name: string
  vcpus: number
  gpus: number
  /** US dollars an hour */
  onDemandUsd: number | undefined
  places: { subnet: string; zone: string; spotUsd: number | undefined }[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/**
 * Looks what the spec needs and AWS has. Makes nothing, and asks everything at once; what is remembered from days ago is
 * used and asked again meanwhile.
 * @throws Ec2Error `EC2_OPTIONS` (types of several architectures), `EC2_QUOTA`, `EC2_IMAGE`, `EC2_NETWORK`, `EC2_CAPACITY` (no zone has the type)
 */
export async function survey(account: Account, spec: InstanceSpec): Promise<Survey> {
  const { clients, region, settings } = account
  const types = chooseTypes(spec)
  const names = types.map(({ name }) => name)
  const { vpc, subnets, connect } = settings.network
  const where = { vpc, subnets, connect }
  const sizes = askSizes(account, spec)
  const image = sizes.then((found) => {
    const wanted = toWanted(spec, found)
    if (account.ignoresBaked) return findImage(account, wanted)
    const name = `${wanted.name} ${wanted.arch}`
    return recall(account, 'images', name, { soft: DAY, hard: 7 * DAY }, () => findImage(account, wanted))
  })
  const [found, chosenImage, network, offerings, spot, prices, { markets, quotas }, inUse] = await Promise.all([
    sizes,
    image,
    recall(account, 'networks', JSON.stringify(where), { soft: HOUR, hard: 30 * DAY }, () =>
      findNetwork(clients, where, region),
    ),
    recallAll(account, 'offerings', names, { soft: DAY, hard: 30 * DAY }, (missing) => findOfferings(clients, missing)),
    spec.market === 'on-demand' ? [] : findSpotPrices(clients, names),
    recallAll(account, 'prices', names, { soft: DAY, hard: 30 * DAY }, (missing) => findPrices(account, missing)),
    sizes.then((known) => allowedMarkets(account, spec, (name) => sizeOf(name, known).vcpus)),
    findVcpusInUse(clients),
  ])
  return {
    image: { ...chosenImage, ...(spec.user && { user: spec.user }) },
    network,
    markets,
    quotas,
    inUse,
    types: names.map((name) => ({
      name,
      ...sizeOf(name, found),
      onDemandUsd: prices[name] ?? builtInPrice(name)?.usd,
      places: network.subnets
        .filter(({ zone }) => offerings[name]?.includes(zone))
        .map(({ id, zone }) => ({
          subnet: id,
          zone,
          spotUsd: spot.find((price) => price.type === name && price.zone === zone)?.usd,
        })),
    })),
  }

  function sizeOf(name: string, asked: Sizes) {
    const { vcpus, gpus } = types.find((type) => type.name === name)?.known ?? asked[name] ?? { vcpus: 0, gpus: 0 }
    return { vcpus, gpus }
  }
}

/** The image that a spec asks for. @throws Ec2Error `EC2_OPTIONS` when its types are of several architectures */
export async function findWantedImage(account: Account, spec: InstanceSpec): Promise<WantedImage> {
  return toWanted(spec, await askSizes(account, spec))
}

function toWanted(spec: InstanceSpec, sizes: Sizes): WantedImage {
  return wantImage(spec, mostGpus(spec, sizes), archOf(spec, sizes))
}

function archOf(spec: InstanceSpec, sizes: Sizes): string {
  const archs = chooseTypes(spec).map(({ name, known }) => ({ name, arch: known ? X86_64 : sizes[name]?.arch }))
  const known = archs.flatMap(({ name, arch }) => (arch === undefined ? [] : [{ name, arch }]))
  const [first] = known
  if (known.some(({ arch }) => arch !== first?.arch)) {
    const list = known.map(({ name, arch }) => `${name} (${arch})`).join(', ')
    throw new Ec2Error('EC2_OPTIONS', `\`instanceTypes\` has types of several architectures: ${list}`, {
      fix: 'Give each architecture a kind of host of its own in `hosts`.',
    })
  }
  return first?.arch ?? X86_64
}

/** vCPUs and GPUs of the types of a spec. */
export async function sizeTypes(
  account: Account,
  spec: InstanceSpec,
): Promise<Record<string, Pick<TypeSize, 'vcpus' | 'gpus'>>> {
  const asked = await askSizes(account, spec)
  return Object.fromEntries(
    chooseTypes(spec).map(({ name, known }) => [name, known ?? asked[name] ?? { vcpus: 0, gpus: 0 }]),
  )
}

type Sizes = Record<string, TypeSize>

/** Of the types that are not in the built-in table. */
async function askSizes(account: Account, spec: InstanceSpec): Promise<Sizes> {
  const unknown = chooseTypes(spec).flatMap(({ name, known }) => (known ? [] : [name]))
  return await recallAll(account, 'sizes', unknown, { soft: 30 * DAY, hard: 90 * DAY }, (missing) =>
    findSizes(account.clients, missing),
  )
}

function mostGpus(spec: InstanceSpec, sizes: Sizes): number {
  return Math.max(0, ...chooseTypes(spec).map(({ name, known }) => known?.gpus ?? sizes[name]?.gpus ?? 0))
}

/** The markets in which at least one type fits below its quota. Where quotas may not be read, all: AWS will say. */
async function allowedMarkets(
  account: Account,
  spec: InstanceSpec,
  vcpusOf: (type: string) => number,
): Promise<{ markets: Market[]; quotas: Record<string, number> }> {
  const pairs = marketsOf(spec).flatMap((market) =>
    chooseTypes(spec).flatMap(({ name: type }) => {
      const quota = quotaOf(type, market)
      return quota ? [{ ...quota, type, needed: vcpusOf(type) }] : []
    }),
  )
  const codes = [...new Set(pairs.map(({ code }) => code))]
  const needed = Math.min(...pairs.map((pair) => pair.needed))
  // A quota that is too small may have been raised since: only one that suffices is remembered.
  const enough = Object.entries(account.read().quotas).filter(([, { value }]) => value >= needed)
  const values = await recallAll(
    account,
    'quotas',
    codes,
    { soft: HOUR, hard: DAY, only: enough.map(([code]) => code) },
    (missing) => findQuotas(account, missing),
  )
  const lacking = pairs.flatMap((pair) => {
    const value = values[pair.code]
    return value !== undefined && value < pair.needed ? [{ ...pair, value }] : []
  })
  const isLacking = (market: Market) => {
    const ofMarket = pairs.filter((pair) => pair.market === market)
    return (
      ofMarket.length > 0 &&
      ofMarket.every((pair) => lacking.some(({ type, code }) => type === pair.type && code === pair.code))
    )
  }
  const markets = marketsOf(spec).filter((market) => !isLacking(market))
  if (markets.length === 0) throw quotaError(lacking, account.region)
  return { markets, quotas: values }
}

async function findQuotas({ clients }: Account, codes: readonly string[]): Promise<Record<string, number>> {
  const quotas = await clients.quotas()
  const found = await Promise.all(
    codes.map(async (code) => {
      const answer = await quotas.getServiceQuota({ ServiceCode: 'ec2', QuotaCode: code }).catch(() => undefined)
      const value = answer?.Quota?.Value
      return value === undefined ? [] : [[code, value] as const]
    }),
  )
  return Object.fromEntries(found.flat())
}

async function findPrices({ clients, region }: Account, types: readonly string[]): Promise<Record<string, number>> {
  const found = await Promise.all(
    types.map(async (type) => {
      const usd = await findPrice(clients, type, region)
      return usd === undefined ? [] : [[type, usd] as const]
    }),
  )
  return Object.fromEntries(found.flat())
}
