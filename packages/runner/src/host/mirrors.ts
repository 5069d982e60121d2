import { Ec2Error } from '../errors.ts'
import { decode } from '../wire/codec.ts'
import { closedError, MessageStream } from '../wire/message-stream.ts'
import type { MirrorEvent } from '../wire/protocol.ts'
import type { CloseReason } from './connection.ts'
import { createMirrorWriter, type MirrorWriter } from './mirror-writer.ts'

/** Bytes that may wait for the disk here before the host is held up. */
const WAITING_BYTES = 4 << 20

/** The mirrored folders of a session. */
export interface Mirrors {
  open(view: string, folder: string, attach: (stream: MessageStream) => Promise<void>): Promise<void>
  /** resolves when so many events of the host are on the disk here. @throws what kept one from getting there */
  caughtUp(events: number): Promise<void>
  close(reason: CloseReason): void
}

export function createMirrors(): Mirrors {
  const writers = new Map<string, MirrorWriter>()
  const stream = new MessageStream()
  let attached: Promise<void> | undefined
  let writing = Promise.resolve()
  let waitingBytes = 0
  let written = 0
  let failure: Error | undefined
  let waiters: { events: number; resolve: () => void; reject: (error: Error) => void }[] = []

  stream.onMessage((payload) => {
    const event = decode(payload) as MirrorEvent
    waitingBytes += payload.length
    if (waitingBytes > WAITING_BYTES) stream.pause()
    writing = writing.then(async () => {
      try {
        if (!failure) await write(event)
        written += 1
      } catch (error) {
        failure = error as Error
      }
      waitingBytes -= payload.length
      if (waitingBytes <= WAITING_BYTES) stream.resume()
      settle()
    })
  })

  return {
    async open(view, folder, attach) {
      const key = keyOf(view, folder)
      if (!writers.has(key)) writers.set(key, createMirrorWriter(folder))
      attached ??= attach(stream)
      await attached
    },
    async caughtUp(events) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiters.push({ events, resolve, reject })
      settle()
      await promise
    },
    close(reason) {
      stream.close(reason)
      failure ??= closedError(reason)
      settle()
      void writing.then(() => Promise.all([...writers.values()].map((writer) => writer.close())))
    },
  }

  async function write(event: MirrorEvent): Promise<void> {
    const writer = writers.get(keyOf(event.view, event.folder))
    if (!writer) throw new Ec2Error('EC2_PROTOCOL', 'A host tells of a folder that nobody asked for')
    await writer.write(event)
  }

  function settle(): void {
    const before = waiters
    waiters = []
    for (const waiter of before) {
      if (failure) waiter.reject(failure)
      else if (written >= waiter.events) waiter.resolve()
      else waiters.push(waiter)
    }
  }
}

function keyOf(view: string, folder: string): string {
  return `${view}\0${folder}`
}
