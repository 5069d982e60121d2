import { setTimeout as sleep } from 'node:timers/promises'
import { readRecord } from '../ec2/run-record.ts'
import type { RunStore } from '../ec2/run-store.ts'
import type { RunRecord } from '../wire/run-record.ts'
import { ConsoleReader } from './console-reader.ts'

export interface FollowOptions {
  store: RunStore
  record: RunRecord
  /** takes what the run prints, from its beginning */
  write: (bytes: Uint8Array) => void
  /** whether the instance is still there */
  isAlive: () => Promise<boolean>
  signal: AbortSignal
}

export interface FollowedRun {
  record: RunRecord
  /** its instance is gone, and it never said how it ended */
  isLost: boolean
}

const EVERY_MS = 1000
/** Without a word of the run for that long (ms), a little more than it is silent while it works, AWS is asked what became of its instance. */
const SILENT_MS = 20_000

/** Shows a run until it ends. @throws the signal's reason, which changes nothing for the run */
export async function followRun({ store, record, write, isAlive, signal }: FollowOptions): Promise<FollowedRun> {
  const output = new ConsoleReader(store, record.id)
  let [heardAt, since] = [0, 0]
  for (let latest = record; ; latest = (await readRecord(store, record.id)) ?? latest) {
    signal.throwIfAborted()
    await output.read(write)
    if (latest.state !== 'running') return { record: latest, isLost: false }
    // The host's clock may differ from this one's: only that it says something new counts.
    if (latest.heardAt !== heardAt) [heardAt, since] = [latest.heardAt, heardAt === 0 ? 0 : Date.now()]
    if (Date.now() - since > SILENT_MS) {
      if (!(await isAlive())) {
        const last = (await readRecord(store, record.id)) ?? latest
        await output.read(write)
        return { record: last, isLost: last.state === 'running' }
      }
      since = Date.now()
    }
    await sleep(EVERY_MS, undefined, { signal })
  }
}
