import { basename } from 'node:path'
import type { Account } from '../ec2/account.ts'
import { openJournal, type MirroredWorkspace } from '../ec2/journal.ts'
import { findLostStore } from '../ec2/lost-client.ts'
import { findUncollected, noteCollected } from '../ec2/uncollected-work.ts'
import { readRecord } from '../ec2/run-record.ts'
import type { LostWork, RunRecord } from '../wire/run-record.ts'
import { fetchFiles, type FetchedFiles } from './fetch-files.ts'

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
 */
export async function collectLost(account: Account, root: string): Promise<Collected[]> {
  const store = findLostStore(account)
  if (!store) return []
  const { stateDir } = account
  const collected: Collected[] = []
  for (const { id, workspace, isGone } of findUncollected(openJournal(stateDir).read(), account, root)) {
    const record = await readRecord(store, id)
    if (!record?.lost || record.state === 'returned') {
      if (isGone) noteCollected(stateDir, id)
      continue
    }
    if (record.state === 'running' && !isGone) continue
    const files = await fetchFiles(store, id, root, { at: record.lost.at, outputs: workspace.outputs })
    collected.push({ sentence: describeLost(record, record.lost, workspace, files), files: files.fetched })
    if (files.failed.length === 0) noteCollected(stateDir, id)
  }
  return collected
}

/** How the files of a lost run ended: `dream.experiment.ts passed`. */
export function describeOutcomes({ files }: LostWork): string {
  const words = { passed: 'passed', failed: 'failed', unfinished: 'was not done' }
  return Object.entries(files)
    .map(([path, outcome]) => `${basename(path)} ${words[outcome]}`)
    .join(', ')
}

function describeLost(
  { id, instance, problem: reason }: RunRecord,
  lost: LostWork,
  { outputs }: MirroredWorkspace,
  { fetched, different, failed }: FetchedFiles,
): string {
  const places = [...new Set(fetched.map((path) => placeOf(path, outputs)))]
  const where = places.length > 0 ? `, in ${listed(places)}` : ''
  const kept = different.length > 0 ? `; ${listed(different)} stayed as here` : ''
  const left = failed.length > 0 ? `; ${listed(failed.map(({ path }) => path))} could not be brought` : ''
  const problem = reason === undefined ? '' : ` (${reason})`
  return `${instance.id} went on after its run was gone, ${new Date(lost.at).toISOString().slice(0, 16)}: ${describeOutcomes(lost)}${problem}. ${fetched.length} ${fetched.length === 1 ? 'file' : 'files'} brought here${where}${kept}${left}. What it printed: npx vitest-ec2 logs ${id}`
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
