import type { Duplex } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import { awaitWelcome } from '../wire/handshake.ts'

/**
 * Sends the bytes of a pack over a stream that the agent has welcomed, and waits until it has verified them.
 * @throws Ec2Error what the agent refused them for, `EC2_SYNC` when they are not as many as announced
 */
export async function sendPack(
  duplex: Duplex,
  early: Buffer,
  { hash, size }: { hash: string; size: number },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const verified = awaitWelcome(duplex, early, Number.POSITIVE_INFINITY)
  let isRefused = false
  // Awaited below, after the bytes. Who refuses them does not read them either, and leaves the stream open.
  const refused = verified.then(
    () => {},
    () => void (isRefused = true),
  )
  const gone = new Promise<void>((resolve) => void duplex.once('close', resolve))
  try {
    let sent = 0
    for await (const chunk of content) {
      if (!duplex.writable || isRefused) break
      sent += chunk.length
      if (duplex.write(chunk)) continue
      await Promise.race([gone, refused, new Promise<void>((resolve) => void duplex.once('drain', resolve))])
    }
    if (duplex.writable && !isRefused && sent !== size) {
      throw new Ec2Error('EC2_SYNC', `The pack ${hash} has ${sent} bytes, and ${size} were announced`)
    }
    await verified
  } finally {
    duplex.destroy()
  }
}
