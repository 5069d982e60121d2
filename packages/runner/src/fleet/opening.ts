import type { ComputeHost, HostPlan } from './compute-provider.ts'
import type { InstanceSpec } from '../options.ts'

export interface Opening {
  /** `2 files need` */
  demand: string
  spec: InstanceSpec
  plan: HostPlan
  /** what an earlier run left for this one */
  warm: Pick<ComputeHost, 'id' | 'description' | 'usdPerHour'> | undefined
  /** at a time */
  hosts: number
  maxAgeMs: number
  /** US dollars */
  budget: number | undefined
}

/** What is about to be launched, and what it may cost at most: a line for people, before it costs anything. */
export function describeOpening({ spec, plan, warm, hosts, maxAgeMs, budget, ...opening }: Opening): string {
  const demand = `${opening.demand} ${describeNeed(spec)}`
  if (warm) return `${demand} · ${warm.id}, left warm: ${warm.description}${showRate(warm.usdPerHour)}`
  const rate = showRate(plan.usdPerHour) + (hosts > 1 && plan.usdPerHour !== undefined ? ' each' : '')
  return `${demand} · ${hosts > 1 ? `${hosts} × ` : ''}${plan.summary}${rate}, ${describeLimit({ usdPerHour: plan.usdPerHour, hosts, maxAgeMs, budget })}`
}

/** `at most 4 h (≈ $0.80)` */
function describeLimit({
  usdPerHour,
  hosts,
  maxAgeMs,
  budget,
}: Pick<Opening, 'maxAgeMs' | 'budget'> & { usdPerHour: number | undefined; hosts: number }): string {
  const usd = usdPerHour === undefined ? undefined : (hosts * usdPerHour * maxAgeMs) / 3_600_000
  if (usd === undefined) return `at most ${showDuration(maxAgeMs)}`
  if (budget !== undefined && budget < usd) return `at most ${showUsd(budget)}, the budget`
  return `at most ${showDuration(maxAgeMs)} (≈ ${showUsd(usd)})`
}

function describeNeed({ gpu = 1, instanceTypes }: InstanceSpec): string {
  if (instanceTypes || gpu === 0) return 'a host'
  if (typeof gpu === 'string') return `one ${gpu}`
  return gpu === 1 ? 'one GPU' : `${gpu} GPUs`
}

function showRate(usdPerHour: number | undefined): string {
  return usdPerHour === undefined ? '' : ` ≈ ${showUsd(usdPerHour)}/h`
}

function showUsd(usd: number): string {
  return `$${usd.toFixed(usd < 0.01 ? 3 : 2)}`
}

function showDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}
