import type { FleetSummary } from './fleet.ts'

/** What a run's hosts cost, and what still costs: lines for people. */
export function describeSummary({ hosts }: FleetSummary): string[] {
  const launched = hosts.filter(({ market }) => market !== 'owned')
  if (launched.length === 0) return []
  const seconds = launched.reduce((sum, host) => sum + host.seconds, 0)
  const known = launched.filter(({ usd }) => usd !== undefined)
  const usd = known.reduce((sum, host) => sum + (host.usd ?? 0), 0)
  const cost = known.length === 0 ? '' : `, ${known.length < launched.length ? 'at least ' : ''}${showUsd(usd)}`
  const warm = launched.filter(({ warmUntil }) => warmUntil !== undefined)
  const until = warm.map(({ warmUntil }) => warmUntil!.getTime())
  const rest = warm.length === 0 ? '' : ` · warm until ${showTime(Math.max(...until))}, end it: npx vitest-ec2 down`
  return [`${launched.length} ${launched.length === 1 ? 'host' : 'hosts'}, ${showSeconds(seconds)}${cost}${rest}`]
}

function showUsd(usd: number): string {
  return usd < 0.01 ? 'less than $0.01' : `$${usd.toFixed(2)}`
}

function showSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`
}

function showTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 5)
}
