import { watch, type FSWatcher } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { RUN_FILE, type RunRecord } from '../run/record.ts'
import { readRunRecord } from '../run/record-file.ts'
import { Bell } from './bell.ts'

/** File events may be missing; then this is the delay. */
const POLL_MS = 1000

/** The record of a run as its reporter keeps it current. */
export class RunFeed {
  readonly folder: string
  readonly bell: Bell = new Bell()
  #record: RunRecord | undefined
  #text = ''

  constructor(folder: string) {
    this.folder = folder
  }

  get record(): RunRecord | undefined {
    return this.#record
  }

  async follow(signal: AbortSignal): Promise<void> {
    let watcher: FSWatcher | undefined
    let wake = new AbortController()
    try {
      while (!signal.aborted) {
        watcher ??= watchQuietly(this.folder, (name) => {
          if (name === null || name === RUN_FILE) wake.abort()
        })
        await this.read()
        await delay(POLL_MS, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => {})
        wake = new AbortController()
      }
    } finally {
      watcher?.close()
    }
  }

  async read(): Promise<void> {
    const record = await readRunRecord(this.folder).catch(() => undefined)
    const text = JSON.stringify(record)
    if (!record || text === this.#text) return
    this.#record = record
    this.#text = text
    this.bell.ring()
  }
}

function watchQuietly(folder: string, onChange: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => onChange(name))
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // Not there yet, or no watches left on this machine.
    return undefined
  }
}
