import type { JournalEntry } from '../ec2/journal.ts'
import { openLaunches } from '../ec2/journal.ts'

/**
 * Regions in which something was launched from here that may still run. A command goes by the configuration of the folder
 * that it is typed in, and a run by that of its own: nobody should take an empty list of another region for the truth.
 */
export function regionsElsewhere(
  entries: readonly JournalEntry[],
  here: { id: string; region: string },
  now: number = Date.now(),
): string[] {
  const open = openLaunches(entries).filter(
    ({ account, region, expiresAt }) => account === here.id && region !== here.region && expiresAt > now,
  )
  return [...new Set(open.map(({ region }) => region))].toSorted()
}

/** As a line for people; nothing where there are none. */
export function tellElsewhere(command: string, regions: readonly string[]): string | undefined {
  if (regions.length === 0) return undefined
  const lines = regions.map((region) => `npx vitest-ec2 ${command} --region ${region}`)
  return `Hosts that were launched from here may run in ${regions.join(', ')}: ${lines.join(', ')}`
}
