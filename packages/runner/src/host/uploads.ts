import type { Duplex } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import { awaitWelcome } from '../wire/handshake.ts'
import type { Role } from '../wire/protocol.ts'

export interface UploadsOptions {
  /** a new stream, as the agent has welcomed it */
  open: (role: Role) => Promise<{ duplex: Duplex; rest: Buffer }>
  /** greets on one that has done its work; returns the answer after the next */
  again: (duplex: Duplex, role: Role) => Promise<Buffer>
}

/** Sends packs over streams that it opens as they are needed; one that has brought a pack brings the next. */
export interface Uploads {
  /**
   * Sends the bytes of a pack, and waits until the agent has verified them.
   * @throws Ec2Error what the agent refused them for, `EC2_SYNC` when they are not as many as announced
   */
  send(pack: { hash: string; size: number }, content: AsyncIterable<Uint8Array>): Promise<void>
}

const IDLE_MS = 5000

export function createUploads({ open, again }: UploadsOptions): Uploads {
  const idle: Duplex[] = []
  let ending: NodeJS.Timeout | undefined
  return {
    async send(pack, content) {
      clearTimeout(ending)
      const role: Role = { role: 'upload', pack: pack.hash, size: pack.size }
      const { duplex, answer } = await begin(role)
      try {
        await sendBytes(duplex, answer, pack, content)
        idle.push(duplex)
      } catch (error) {
        duplex.destroy()
        throw error
      } finally {
        ending = setTimeout(endIdle, IDLE_MS).unref()
      }
    },
  }

  /** `answer`: what the agent says after the bytes */
  async function begin(role: Role): Promise<{ duplex: Duplex; answer: Promise<unknown> }> {
    for (let duplex = idle.pop(); duplex; duplex = idle.pop()) {
      if (duplex.writable) return { duplex, answer: again(duplex, role) }
      duplex.destroy()
    }
    const { duplex, rest } = await open(role)
    return { duplex, answer: awaitWelcome(duplex, rest, Number.POSITIVE_INFINITY) }
  }

  function endIdle(): void {
    for (const duplex of idle.splice(0)) duplex.destroy()
  }
}

async function sendBytes(
  duplex: Duplex,
  answer: Promise<unknown>,
  { hash, size }: { hash: string; size: number },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let isAnswered = false
  // Awaited below, after the bytes. Who refuses them does not read them either, and leaves the stream open.
  const answered = answer.then(
    () => {},
    () => void (isAnswered = true),
  )
  const { promise: gone, resolve: onClose } = Promise.withResolvers<void>()
  duplex.once('close', onClose)
  try {
    let sent = 0
    for await (const chunk of content) {
      if (!duplex.writable || isAnswered) break
      sent += chunk.length
      if (duplex.write(chunk)) continue
      await Promise.race([gone, answered, new Promise<void>((resolve) => void duplex.once('drain', resolve))])
    }
    if (duplex.writable && !isAnswered && sent !== size) {
      throw new Ec2Error('EC2_SYNC', `The pack ${hash} has ${sent} bytes, and ${size} were announced`)
    }
    await answer
  } finally {
    duplex.off('close', onClose)
  }
}
