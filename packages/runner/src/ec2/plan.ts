import type { HostDemand, HostPlan } from '../fleet/compute-provider.ts'
import type { Survey } from './survey.ts'

/** What a host of this kind will most likely be: the first type that was named, else the cheapest place. */
export function toPlan({ types, markets }: Survey, { spec }: HostDemand, region: string): HostPlan {
  const market = markets[0] ?? 'on-demand'
  const offers = types.flatMap((type) =>
    type.places.map(({ spotUsd }) => ({
      type,
      usd: market === 'spot' ? (spotUsd ?? type.onDemandUsd) : type.onDemandUsd,
    })),
  )
  const cheapest = offers.toSorted((a, b) => (a.usd ?? Infinity) - (b.usd ?? Infinity))
  const type = spec.instanceTypes ? types[0] : (cheapest[0]?.type ?? types[0])
  const gpus = type?.gpus ?? 0
  return {
    summary: `${type?.name} ${market} ${region}`,
    slots: spec.workers ?? Math.max(1, gpus),
    gpus,
    usdPerHour: cheapest.find((offer) => offer.type === type)?.usd,
  }
}

/** What may have to be paid an hour, when AWS has only the dearest. */
export function dearest({ types, markets }: Survey): number | undefined {
  const prices = types.flatMap(({ onDemandUsd, places }) =>
    markets.flatMap((market) =>
      market === 'spot' ? places.map(({ spotUsd }) => spotUsd ?? onDemandUsd) : [onDemandUsd],
    ),
  )
  return prices.includes(undefined) || prices.length === 0 ? undefined : Math.max(...(prices as number[]))
}
