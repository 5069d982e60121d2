import type { FleetHost } from './fleet-host.ts'
import type { FleetSummary } from './fleet.ts'

/** What became of the hosts of a run. A host kept warm costs on, so its bill goes up to the end of the run only. */
export function summarise(hosts: readonly FleetHost[]): FleetSummary {
  return {
    hosts: hosts.flatMap(({ machine, takenAt, endedAt, warmUntil }) => {
      if (!machine) return []
      const seconds = ((endedAt ?? Date.now()) - Math.max(takenAt, machine.startedAt)) / 1000
      const usd = machine.usdPerHour === undefined ? undefined : (machine.usdPerHour * seconds) / 3600
      return [{ id: machine.id, description: machine.description, market: machine.market, seconds, usd, warmUntil }]
    }),
  }
}
