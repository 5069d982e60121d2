import { setTimeout as sleep } from 'node:timers/promises'
import type { Pack } from './group-packs.ts'
import type { OnPack } from './hash-ahead.ts'

/** Packs that are read in so short a time are asked for together. */
const GATHER_MS = 5

export interface SendAheadOptions {
  /** of these hashes of packs, the ones that the host does not hold */
  missing: (hashes: string[]) => Promise<string[]>
  send: (pack: Pack, totalBytes: number) => Promise<void>
}

/**
 * Sends packs that a host lacks while the rest is planned. It only saves time: after the first failure nothing more is
 * sent, and whoever brings all at the end meets the same failure, and knows what to do.
 */
export function createSendAhead({ missing, send }: SendAheadOptions): OnPack {
  let isOff = false
  let asking: Promise<Set<string>> | undefined
  let waiting: string[] = []
  let last: Promise<void> = Promise.resolve()
  return async (pack, totalBytes) => {
    if (isOff) return
    try {
      waiting.push(pack.hash)
      const answer = await (asking ??= ask())
      if (answer.has(pack.hash)) await send(pack, totalBytes)
    } catch {
      isOff = true
    }
  }

  /** What comes before the answer to the last question is asked together. */
  async function ask(): Promise<Set<string>> {
    await Promise.all([last, sleep(GATHER_MS)])
    const hashes = waiting
    waiting = []
    asking = undefined
    const answer = missing(hashes)
    last = answer.then(
      () => {},
      () => {},
    )
    return new Set(await answer)
  }
}
