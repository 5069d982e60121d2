import type { Account } from './account.ts'
import { openJournal, type JournalEntry, type MirroredWorkspace } from './journal.ts'
import { isDead } from './owner.ts'
import { lostRunId } from './run-record.ts'

/** Work of a host of which the run that gave it is dead, and nobody has what it may have saved. */
export interface UncollectedWork {
  /** see `lostRunId` */
  id: string
  workspace: MirroredWorkspace
  /** its host has ended */
  isGone: boolean
}

type Working = JournalEntry & { event: 'working' }

/** Older results are nobody's concern any more, unless somebody asks for them. */
const RECENT_MS = 7 * 24 * 3600_000

/** What was begun on this machine for a workspace, and may have been lost. */
export function findUncollected(entries: readonly JournalEntry[], account: Account, root: string): UncollectedWork[] {
  const collected = collectedRuns(entries)
  const found = entries.flatMap((work): UncollectedWork[] => {
    if (work.event !== 'working' || Date.now() - work.at > RECENT_MS || work.workspace?.root !== root) return []
    const same = entries.filter(({ token }) => token === work.token)
    const isHere = same.some(
      (entry) => entry.event === 'launch' && entry.account === account.id && entry.region === account.region,
    )
    const ended = same.find((entry) => entry.event === 'ended')
    const id = idOf(work)
    const isKnown = collected.has(id) || (ended !== undefined && !ended.isLost)
    if (!isHere || isKnown || work.machine !== account.owner.machine || !isDead(work.process)) return []
    return [{ id, workspace: work.workspace, isGone: ended !== undefined }]
  })
  return [...new Map(found.map((work) => [work.id, work])).values()]
}

/** Ids of the runs of which what hosts did alone was brought to this machine. */
export function collectedRuns(entries: readonly JournalEntry[]): Set<string> {
  return new Set(entries.flatMap((entry) => (entry.event === 'collected' ? [idOf(entry)] : [])))
}

/** Notes that what a host did alone is here, if its run was begun here. */
export function noteCollected(stateDir: string, id: string): void {
  const work = findWork(stateDir, id)
  if (!work) return
  const { token, instance, run } = work
  openJournal(stateDir).write({ event: 'collected', token, instance, run })
}

/** What the run mirrored that a host did this work for; nothing where it was not begun on this machine. */
export function findMirrored(stateDir: string, id: string): MirroredWorkspace | undefined {
  return findWork(stateDir, id)?.workspace
}

function findWork(stateDir: string, id: string): Working | undefined {
  return openJournal(stateDir)
    .read()
    .find((entry): entry is Working => entry.event === 'working' && idOf(entry) === id)
}

function idOf({ run, instance }: { run: string; instance: string }): string {
  return lostRunId(run, instance)
}
