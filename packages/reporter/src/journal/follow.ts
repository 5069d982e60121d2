import { watch } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { JournalEvent } from './schema.ts'
import { JournalTail } from './tail.ts'

export interface FollowOptions {
  /** only events after this `seq`: what a reader has seen already. Default: 0, all */
  after?: number
  /** ends the iteration */
  signal?: AbortSignal
}

/** File events may be missing (network disks, a folder that is not there yet): then this is the delay. */
const POLL_MS = 250

/**
 * The events of a journal in order, those to come included; ends after `finish`, or with the signal. The journal need not be
 * there yet.
 *
 * @yields each event once
 */
export async function* followJournal(
  folder: string,
  { after = 0, signal }: FollowOptions = {},
): AsyncGenerator<JournalEvent, void, undefined> {
  const tail = new JournalTail(folder)
  using bell = new Bell(folder)
  while (!signal?.aborted) {
    bell.watch()
    const events = tail.read()
    for (const event of events) {
      if (event.seq > after) yield event
      if (event.type === 'finish' || signal?.aborted) return
    }
    if (events.length === 0) await bell.ring(signal)
  }
}

/** Rings when something in the folder changes. */
class Bell implements Disposable {
  #folder: string
  #watcher: ReturnType<typeof watch> | undefined
  #controller = new AbortController()

  constructor(folder: string) {
    this.#folder = folder
  }

  watch(): void {
    if (this.#watcher) return
    try {
      const watcher = watch(this.#folder, { persistent: false }, () => this.#controller.abort())
      watcher.on('error', () => this[Symbol.dispose]())
      this.#watcher = watcher
    } catch {
      // Not there yet, or no watches left on this machine.
    }
  }

  async ring(stop: AbortSignal | undefined): Promise<void> {
    const signal = stop ? AbortSignal.any([stop, this.#controller.signal]) : this.#controller.signal
    await delay(POLL_MS, undefined, { signal }).catch(() => {})
    this.#controller = new AbortController()
  }

  [Symbol.dispose](): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }
}
