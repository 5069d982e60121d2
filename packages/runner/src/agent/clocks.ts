import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An agent that nobody contacts and that has no work ends after this time. */
const IDLE_MS = 5 * 60_000
/** With work it goes on that long, for whoever closed a laptop. */
export const BUSY_MS = 60 * 60_000
const TICK_MS = 2500

export interface Clocks {
  /** somebody is there */
  heard(): void
  workerStarted(id: string): void
  workerEnded(id: string): void
  stop(): void
}

export interface ClockOptions {
  /** where the host's own watchdog looks; nothing is written when it does not exist */
  folder?: string
  idleMs?: number
  busyMs?: number
  tickMs?: number
  /** called once, when nobody has been there for too long */
  onExpired: () => void
}

/**
 * Tells the watchdog of the host, which ends it, whether somebody is there and whether there is work: the file `contact`
 * is touched when the client was heard, the file `busy` holds the time (s since 1970) until which work may go on without.
 */
export function startClocks({
  folder = '/run/vitest-ec2',
  idleMs = IDLE_MS,
  busyMs = BUSY_MS,
  tickMs = TICK_MS,
  onExpired,
}: ClockOptions): Clocks {
  const workers = new Set<string>()
  const hasWatchdog = existsSync(folder)
  const contact = join(folder, 'contact')
  const busy = join(folder, 'busy')
  let lastHeard = Date.now()
  let wasHeard = true

  const tick = () => {
    const silentMs = Date.now() - lastHeard
    if (hasWatchdog && wasHeard) tell()
    wasHeard = false
    if (silentMs < (workers.size > 0 ? busyMs : idleMs)) return
    clearInterval(timer)
    onExpired()
  }
  const timer = setInterval(tick, tickMs)
  tick()

  return {
    heard() {
      lastHeard = Date.now()
      wasHeard = true
    },
    workerStarted(id) {
      workers.add(id)
      if (hasWatchdog) tell()
    },
    workerEnded(id) {
      workers.delete(id)
      if (hasWatchdog) tell()
    },
    stop() {
      clearInterval(timer)
      workers.clear()
      if (hasWatchdog) rmSync(busy, { force: true })
    },
  }

  function tell(): void {
    const now = new Date()
    try {
      if (existsSync(contact)) utimesSync(contact, now, now)
      else writeFileSync(contact, '')
      if (workers.size > 0) writeFileSync(busy, String(Math.floor((lastHeard + busyMs) / 1000)))
      else rmSync(busy, { force: true })
    } catch {
      // not ours to write: then the host ends without our say
    }
  }
}
