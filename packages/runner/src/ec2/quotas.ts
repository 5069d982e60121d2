import { Ec2Error } from '../errors.ts'
import type { InstanceSpec } from '../options.ts'

type Market = 'spot' | 'on-demand'
type Family = 'G and VT' | 'P' | 'Standard'

/** vCPUs of running instances, by family and market. */
const CODES: Record<Family, Record<Market, string>> = {
  'G and VT': { 'on-demand': 'L-DB2E81BA', spot: 'L-3819A6DF' },
  P: { 'on-demand': 'L-417A185B', spot: 'L-7212CCBC' },
  Standard: { 'on-demand': 'L-1216C47A', spot: 'L-34B43A08' },
}

export interface Quota {
  code: string
  family: Family
  market: Market
}

export function quotaOf(type: string, market: Market): Quota | undefined {
  const letters = /^[a-z]+/.exec(type)?.[0] ?? ''
  const family = familyOf(letters)
  return family && { code: CODES[family][market], family, market }
}

/** The markets of a spec, in the order in which they are tried. */
export function marketsOf(spec: InstanceSpec): Market[] {
  const { market = 'spot-first' } = spec
  return market === 'spot-first' ? ['spot', 'on-demand'] : [market]
}

/** A type that does not fit below its quota, in vCPUs. */
export interface Lacking extends Quota {
  type: string
  value: number
  /** by what runs already */
  used?: number
  needed: number
}

/** No type in any market that was asked for fits below its quota. */
export function quotaError(lacking: readonly Lacking[], region: string, cause?: unknown): Ec2Error {
  const lines = lacking.map(
    ({ type, market, family, value, used = 0, needed, code }) =>
      `  ${type} ${market}: ${needed} vCPUs are needed, the quota of ${family} instances is ${value}${used > 0 ? `, and ${used} of them are used` : ''} (${code})`,
  )
  // The on-demand quota serves best: AWS grants it to new accounts sooner, and it is never taken away.
  const ask = lacking.find(({ market }) => market === 'on-demand') ?? lacking[0]
  const desired = ask && Math.max(ask.needed, ask.value + ask.needed)
  const isUsedUp = lacking.some(({ value, needed }) => value >= needed)
  const command = `aws service-quotas request-service-quota-increase --region ${region} --service-code ec2 --quota-code ${ask?.code} --desired-value ${desired}`
  return new Ec2Error('EC2_QUOTA', `This account may not run what is asked for in ${region}\n${lines.join('\n')}`, {
    fix: `${isUsedUp ? 'End what runs (`npx vitest-ec2 ls --all` lists hosts), or ask' : 'Ask'} AWS for more (it takes minutes to days): \`${command}\``,
    data: { lacking, command },
    cause,
  })
}

function familyOf(letters: string): Family | undefined {
  if (/^(g|gr|vt)$/.test(letters)) return 'G and VT'
  if (letters === 'p') return 'P'
  return /^(a|c|d|h|i|im|is|m|r|t|z)$/.test(letters) ? 'Standard' : undefined
}
