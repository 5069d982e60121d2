import { describeOutcomes } from '../detached/collect-lost.ts'
import type { FetchedFiles } from '../detached/fetch-files.ts'
import { describeSummary } from '../fleet/describe-summary.ts'
import type { RunRecord } from '../wire/run-record.ts'

const SHOWN = 5

/** What came of a run, for people. */
export function describeEnd(record: RunRecord, isLost: boolean, files: FetchedFiles, url: string): string {
  const { id, instance, endedAt, heardAt, exitCode, problem, lost } = record
  const seconds = ((endedAt ?? heardAt) - instance.launchedAt) / 1000
  const usd = instance.usdPerHour === undefined ? undefined : (instance.usdPerHour * seconds) / 3600
  const host = {
    id: instance.id,
    description: instance.type,
    market: instance.market,
    seconds,
    usd,
    warmUntil: undefined,
  }
  const [bill = ''] = describeSummary({ hosts: [host] })
  const { fetched, different, failed } = files
  const lines = [
    isLost
      ? `${instance.id} ended before the run did: what it had saved until ${new Date(heardAt).toISOString()} is all there is`
      : `The run ended with exit code ${exitCode}${problem === undefined ? '' : `: ${problem}`}`,
    ...(lost ? [`Nobody was there from ${new Date(lost.at).toISOString()} on: ${describeOutcomes(lost)}`] : []),
    bill,
    `${fetched.length} ${fetched.length === 1 ? 'file' : 'files'} brought here · all of it is in ${url}`,
    ...(!lost && (isLost || problem !== undefined)
      ? [`Go on with what it had saved: npx vitest-ec2 run --after ${id}`]
      : []),
    ...(different.length > 0 ? [`Not brought, since others are here: ${listed(different)}`] : []),
    ...failed.slice(0, SHOWN).map(({ path, reason }) => `${path} could not be brought: ${reason}`),
  ]
  return lines.map((line) => ` EC2  ${line}`).join('\n')
}

function listed(paths: readonly string[]): string {
  const rest = paths.length - SHOWN
  return `${paths.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
