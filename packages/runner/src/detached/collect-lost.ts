import { basename } from 'node:path'
import type { Account } from '../ec2/account.ts'
import { openJournal, type JournalEntry } from '../ec2/journal.ts'
import { findLostStore } from '../ec2/lost-client.ts'
import { isDead } from '../ec2/owner.ts'
import { lostRunId, readRecord } from '../ec2/run-record.ts'
import type { LostWork, RunRecord } from '../wire/run-record.ts'
import { fetchFiles, type FetchedFiles } from './fetch-files.ts'

/** Older results are nobody's concern any more, unless somebody asks for them. */
const RECENT_MS = 7 * 24 * 3600_000
const SHOWN = 3

export interface Collected {
  /** of what came, for people */
  sentence: string
  /** paths of files that are here now, relative to the root */
  files: string[]
}

/**
 * Brings here what hosts did that lost their client, a process of this machine that worked in this workspace. Nobody is
 * asked anything unless such a process is known to have died. Each is brought once.
 * @param root the workspace's absolute path
 * @param outputs folders of it that are mirrored from hosts: elsewhere nobody's work gives way, whatever a host says
 */
export async function collectLost(
  account: Account,
  { root, outputs }: { root: string; outputs: readonly string[] },
): Promise<Collected[]> {
  const store = findLostStore(account)
  if (!store) return []
  const journal = openJournal(account.stateDir)
  const collected: Collected[] = []
  for (const { run, instance, token, isGone } of lostHosts(journal.read(), account)) {
    const id = lostRunId(run, instance)
    const record = await readRecord(store, id)
    if (!record?.lost || record.state === 'returned') {
      if (isGone) journal.write({ event: 'collected', token, instance })
      continue
    }
    if (record.lost.root !== root || (record.state === 'running' && !isGone)) continue
    const files = await fetchFiles(store, id, root, { at: record.lost.at, outputs })
    collected.push({ sentence: describeLost(record, record.lost, files, store.url(id, '')), files: files.fetched })
    if (files.failed.length === 0) journal.write({ event: 'collected', token, instance })
  }
  return collected
}

interface LostHost {
  run: string
  instance: string
  token: string
  isGone: boolean
}

/** Hosts of dead processes of this machine of which it is not known that somebody has their results. */
function lostHosts(entries: readonly JournalEntry[], { id, region, owner }: Account): LostHost[] {
  return entries.flatMap((launch) => {
    if (launch.event !== 'launch' || Date.now() - launch.at > RECENT_MS) return []
    if (launch.account !== id || launch.region !== region || launch.machine !== owner.machine) return []
    const same = entries.filter(({ token }) => token === launch.token)
    const launched = same.find(({ event }) => event === 'launched')
    const ended = same.find(({ event }) => event === 'ended')
    const isKnown = same.some(({ event }) => event === 'collected') || (ended?.event === 'ended' && !ended.isLost)
    if (launched?.event !== 'launched' || isKnown || !isDead(launch.process)) return []
    const { run, token } = launch
    return [{ run, token, instance: launched.instance, isGone: ended !== undefined }]
  })
}

/** How the files of a lost run ended: `dream.experiment.ts passed`. */
export function describeOutcomes({ files }: LostWork): string {
  const words = { passed: 'passed', failed: 'failed', unfinished: 'was not done' }
  return Object.entries(files)
    .map(([path, outcome]) => `${basename(path)} ${words[outcome]}`)
    .join(', ')
}

function describeLost(record: RunRecord, lost: LostWork, files: FetchedFiles, url: string): string {
  const { fetched, different, failed } = files
  const places = [...new Set(fetched.map((path) => placeOf(path, lost.outputs)))]
  const where = places.length > 0 ? `, in ${listed(places)}` : ''
  const kept = different.length > 0 ? `; ${listed(different)} stayed as here` : ''
  const left = failed.length > 0 ? `; ${listed(failed.map(({ path }) => path))} could not be brought` : ''
  const problem = record.problem === undefined ? '' : ` (${record.problem})`
  return `${record.instance.id} went on after its run was gone, ${new Date(lost.at).toISOString().slice(0, 16)}: ${describeOutcomes(lost)}${problem}. ${fetched.length} ${fetched.length === 1 ? 'file' : 'files'} brought here${where}${kept}${left} · ${url}`
}

/** The folder to look into: of a run's outputs that of the run, `reports/2026-…`. */
function placeOf(path: string, outputs: readonly string[]): string {
  const output = outputs.find((folder) => path.startsWith(`${folder}/`))
  if (output === undefined) return path
  const [first = '', ...rest] = path.slice(output.length + 1).split('/')
  return rest.length > 0 ? `${output}/${first}` : output
}

function listed(paths: readonly string[]): string {
  const rest = paths.length - SHOWN
  return `${paths.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
