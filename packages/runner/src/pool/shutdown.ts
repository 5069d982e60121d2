import type { Vitest } from 'vitest/node'
import { describeSummary } from '../fleet/describe-summary.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Endings } from './endings.ts'
import type { Progress } from './progress.ts'
import { tellHosts } from './tell-hosts.ts'

/** Hosts take longer to end than what Vitest allows for (ms). */
const CLOSE_TIMEOUT = 5 * 60_000
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

interface Running {
  fleet: Fleet
  endings: Endings
  progress: Progress
}

/** Ends the fleet whenever Vitest ends: when all is done, when it is closed, and by a signal. */
export function endWithVitest(vitest: Vitest, { fleet, endings, progress }: Running): void {
  // Vitest gives up on closing, and exits, after this time.
  vitest.config.teardownTimeout = Math.max(vitest.config.teardownTimeout, CLOSE_TIMEOUT)
  const release = takeSignals(vitest)
  const telling = tellHosts(vitest, () => fleet.summary().hosts)
  vitest.onClose(async () => {
    clearInterval(telling)
    await endings.all()
    const summary = await fleet.close()
    release()
    for (const line of describeSummary(summary)) progress.say(line)
  })
}

/** By default Vitest exits one millisecond after a signal, whatever is open. */
function takeSignals(vitest: Vitest): () => void {
  const taken: [NodeJS.Signals, (signal: NodeJS.Signals) => void][] = []
  let isEnding = false
  for (const [signal, code] of Object.entries(EXIT_CODES) as [keyof typeof EXIT_CODES, number][]) {
    const theirs = process.rawListeners(signal).filter((listener) => nameOf(listener) === 'onExit')
    for (const listener of theirs) process.off(signal, listener as NodeJS.SignalsListener)
    const ours = () => {
      if (isEnding) process.exit(code) // asked twice: now
      isEnding = true
      process.exitCode = code
      void end(vitest, code)
    }
    process.on(signal, ours)
    taken.push([signal, ours])
  }
  return () => {
    for (const [signal, listener] of taken) process.off(signal, listener)
  }
}

async function end(vitest: Vitest, code: number): Promise<void> {
  try {
    await vitest.cancelCurrentRun('keyboard-input')
    await vitest.close()
  } finally {
    process.exit(code)
  }
}

/** Of a listener that is called once, the one inside. */
function nameOf(listener: Function & { listener?: Function }): string {
  return (listener.listener ?? listener).name
}
