import { randomUUID } from 'node:crypto'
import { MessageStream } from '../wire/message-stream.ts'

export interface WorkerStream {
  /** the worker's name */
  id: string
  stream: MessageStream
}

/** The streams of workers to come: opening one takes two round trips, for which no file should wait. */
export interface WorkerStreams {
  take(): Promise<WorkerStream>
  /** opens as many ahead as workers may want soon */
  prepare(workers: number): void
}

/** @param keep attaches a stream as that of the worker of this name */
export function createWorkerStreams(keep: (stream: MessageStream, id: string) => Promise<void>): WorkerStreams {
  const ready: Promise<WorkerStream>[] = []
  return {
    async take() {
      try {
        return await (ready.shift() ?? open())
      } catch {
        return await open() // the first was tried some time ago
      }
    },
    prepare(workers) {
      while (ready.length < workers) {
        const opening = open()
        opening.catch(() => {}) // whoever takes it is told
        ready.push(opening)
      }
    },
  }

  async function open(): Promise<WorkerStream> {
    const id = randomUUID()
    const stream = new MessageStream()
    await keep(stream, id)
    return { id, stream }
  }
}
