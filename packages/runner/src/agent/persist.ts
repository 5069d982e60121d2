import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 90_000
const LONGEST_PAUSE_MS = 5000

/** Tries for a minute and a half: what fails here is AWS, and there is nobody who could try again later. */
export async function persist(what: () => Promise<void>): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  for (let pauseMs = 250; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await what()
    } catch (error) {
      if (Date.now() + pauseMs > until) throw error
      await sleep(pauseMs)
    }
  }
}
