import { parentPort, type MessagePort } from 'node:worker_threads'
import type { ThreadJob } from '../threads/threads.ts'
import { describeFailure } from '../wire/failure.ts'
import { explainDisk } from './store-disk.ts'
import type { FromStore, StoreJob, ToStore } from './store-threads.ts'
import { buildTree } from './store-tree.ts'
import { unpack } from './store-unpack.ts'

/** A thread that works for the store, see `createStoreThreads`. */
parentPort!.on('message', (given: ThreadJob<StoreJob>) => void work(given))

async function work({ job, port }: ThreadJob<StoreJob>): Promise<void> {
  let answer: FromStore
  try {
    if ('pack' in job) await unpack(job.pack, bytesFrom(port), job.folder)
    else await buildTree(job.manifest, job.folder, job.packs)
    answer = { end: true }
  } catch (error) {
    answer = { end: true, failure: describeFailure(explainDisk(error, job.folder)) }
  }
  port.postMessage(answer)
}

async function* bytesFrom(port: MessagePort): AsyncGenerator<Uint8Array> {
  const waiting: ToStore[] = []
  let wake = () => {}
  port.on('message', (message: ToStore) => {
    waiting.push(message)
    wake()
  })
  for (;;) {
    const message = waiting.shift()
    if (!message) await new Promise<void>((resolve) => (wake = resolve))
    else if ('end' in message) {
      if (message.end === 'whole') return
      throw new Error('The bytes of the pack broke off')
    } else {
      yield* message.chunks
      const taken = message.chunks.reduce((sum, { length }) => sum + length, 0)
      port.postMessage({ taken } satisfies FromStore)
    }
  }
}
