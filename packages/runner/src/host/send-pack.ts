import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { awaitWelcome } from '../wire/handshake.ts'

/**
 * Sends the bytes of a pack over a stream that the agent has welcomed, and waits until it has verified them.
 * @throws Ec2Error what the agent refused them for
 */
export async function sendPack(duplex: Duplex, early: Buffer, content: AsyncIterable<Uint8Array>): Promise<void> {
  const verified = awaitWelcome(duplex, early, Number.POSITIVE_INFINITY)
  verified.catch(() => {}) // awaited below, after the bytes
  try {
    for await (const chunk of content) {
      if (!duplex.writable) break
      if (!duplex.write(chunk)) await Promise.race([once(duplex, 'drain'), once(duplex, 'close')])
    }
    await verified
  } finally {
    duplex.destroy()
  }
}
