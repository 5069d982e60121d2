import type { Vitest } from 'vitest/node'
import type { FleetSummary } from '../fleet/fleet.ts'

type Hosts = FleetSummary['hosts']

const EVERY_MS = 250

/** Reporters read there what the hosts are and cost, while the run goes on. */
export function tellHosts(vitest: Vitest, hosts: () => Hosts): NodeJS.Timeout {
  const provide = vitest.provide as (name: string, value: unknown) => void
  const tell = () => provide.call(vitest, 'hosts', hosts().map(toProvided))
  return setInterval(tell, EVERY_MS).unref()
}

function toProvided({ id, description, market, seconds, usd }: Hosts[number]): object {
  return { id, description, market, seconds, usd }
}
