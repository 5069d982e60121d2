import { expectedWorkers } from '../assembly/assemble-fleet.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'

/** Hosts' workers at a time, as far as options say. */
export function capacityOf({ hosts, maxHosts }: ResolvedEc2Options): number {
  return maxHosts * Math.max(...Object.values(hosts).map(expectedWorkers))
}
