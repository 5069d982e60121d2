import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** One line of `launches.jsonl`. What was asked for is on the disk before AWS hears of it. */
export type JournalEntry = { at: number; token: string } & (
  | {
      event: 'launch'
      account: string
      region: string
      run: string
      machine: string
      process: string
      kind: string
      expiresAt: number
    }
  | { event: 'launched'; instance: string; type: string; zone: string; market: string; usdPerHour: number | undefined }
  | { event: 'refused' }
  | {
      event: 'ended'
      instance: string
      reason: string
      seconds: number
      usd: number | undefined
      /** not ended by the process that launched it: it may have saved what its workers did */
      isLost?: boolean
      /** it ended by itself, nobody knows when: seconds and dollars are the most that they can be */
      isBound?: boolean
    }
  /** a run has told the host where to save what it does alone; `workspace` is what the run mirrors from it, where it does */
  | { event: 'working'; instance: string; run: string; machine: string; process: string; workspace?: MirroredWorkspace }
  /** what the host saved is here that lost this run, or there is nothing */
  | { event: 'collected'; instance: string; run: string }
)

/** A workspace whose run mirrors folders from its hosts. */
export interface MirroredWorkspace {
  /** absolute */
  root: string
  /** folders, relative to the root */
  outputs: readonly string[]
}

type Entry = JournalEntry extends infer E ? (E extends JournalEntry ? Omit<E, 'at'> : never) : never

export interface Journal {
  write(entry: Entry): void
  read(): JournalEntry[]
}

export function openJournal(stateDir: string): Journal {
  const file = join(stateDir, 'launches.jsonl')
  return {
    write(entry) {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 })
      const line = `${JSON.stringify({ at: Date.now(), ...entry })}\n`
      if (entry.event !== 'launch') return appendFileSync(file, line, { mode: 0o600 })
      const descriptor = openSync(file, 'a', 0o600)
      try {
        writeSync(descriptor, line)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
    },
    read: () => readEntries(file),
  }
}

/** Launches of which it is not known that they ended, newest last. */
export function openLaunches(entries: readonly JournalEntry[]): (JournalEntry & { event: 'launch' })[] {
  const closed = new Set(
    entries.filter(({ event }) => event === 'ended' || event === 'refused').map(({ token }) => token),
  )
  return entries.filter((entry) => entry.event === 'launch').filter(({ token }) => !closed.has(token))
}

/** Closes the journal of a host that ended by itself at that time (ms since 1970), if it was launched from here. */
export function noteEnd(
  stateDir: string,
  { id, usdPerHour, launchedAt }: { id: string; usdPerHour?: number; launchedAt: number },
  endedAt: number,
): void {
  const journal = openJournal(stateDir)
  const entries = journal.read()
  const launched = entries.find((entry) => entry.event === 'launched' && entry.instance === id)
  if (!launched || !openLaunches(entries).some(({ token }) => token === launched.token)) return
  const seconds = (endedAt - launchedAt) / 1000
  const usd = usdPerHour === undefined ? undefined : (usdPerHour * seconds) / 3600
  journal.write({ event: 'ended', token: launched.token, instance: id, reason: 'its run was over', seconds, usd })
}

function readEntries(file: string): JournalEntry[] {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as JournalEntry]
    } catch {
      return [] // the empty end, or a line that a crash cut
    }
  })
}
