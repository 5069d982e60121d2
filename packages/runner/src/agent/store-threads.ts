import { extname, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { createThreads } from '../threads/threads.ts'
import { reviveFailure, type Failure } from '../wire/failure.ts'
import type { TreeManifest } from '../wire/protocol.ts'
import { buildTree } from './store-tree.ts'
import { unpack, type PackBytes } from './store-unpack.ts'

/** What a thread gets: a pack, whose bytes come over the port, or a tree. */
export type StoreJob = { pack: string; folder: string } | { manifest: TreeManifest; folder: string; packs: string }
export type ToStore = { chunks: Uint8Array[] } | { end: 'whole' | 'broken' }
export type FromStore = { taken: number } | { end: true; failure?: Failure }

/** When it is over, however it ended, nothing writes into the folder any more. */
export interface StoreThreads {
  /** as `unpack` of `store-unpack.ts` */
  unpack(pack: string, bytes: PackBytes, folder: string): Promise<void>
  /** as `buildTree` of `store-tree.ts` */
  buildTree(manifest: TreeManifest, folder: string, packs: string): Promise<void>
}

/** Compressed bytes on their way into a thread. */
const WINDOW_BYTES = 1 << 20
/** Streams come in smaller pieces, and each message wakes a thread. */
const MESSAGE_BYTES = 256 << 10
/** One with fewer entries is built before a thread has started. */
const LARGE_TREE = 10_000

/**
 * Unpacks few packs at once, and many at a time in threads: on all processors, and away from the one that serves the
 * streams. The memory that packs take is theirs too. It comes and goes so fast that the garbage collector looks through all
 * that there is, again and again, and in a thread there is little.
 */
export function createStoreThreads(): StoreThreads {
  const threads = createThreads(join(import.meta.dirname, `store-main${extname(import.meta.filename)}`))
  return {
    async unpack(pack, bytes, folder) {
      if (!threads.isForThread()) await unpack(pack, bytes, folder)
      else await threads.run({ pack, folder } satisfies StoreJob, (port) => feed(port, bytes))
    },
    async buildTree(manifest, folder, packs) {
      if (manifest.entries.length < LARGE_TREE) await buildTree(manifest, folder, packs)
      else await threads.run({ manifest, folder, packs } satisfies StoreJob, (port) => feed(port, []))
    },
  }
}

/** Sends bytes no faster than they are taken, and waits for the end of the work. @throws Ec2Error why it failed */
async function feed(port: MessagePort, bytes: PackBytes): Promise<void> {
  let underway = 0
  let answer: Extract<FromStore, { end: true }> | undefined
  let wake = () => {}
  port.on('message', (message: FromStore) => {
    if ('taken' in message) underway -= message.taken
    else answer = message
    wake()
  })
  let chunks: Uint8Array<ArrayBuffer>[] = []
  let gathered = 0
  let end: 'whole' | 'broken' = 'broken'
  try {
    for await (const chunk of bytes) {
      if (answer) break
      chunks.push(alone(chunk))
      gathered += chunk.length
      if (gathered < MESSAGE_BYTES) continue
      send()
      await until(() => underway < WINDOW_BYTES || answer !== undefined)
    }
    send()
    end = 'whole'
  } finally {
    port.postMessage({ end } satisfies ToStore)
    await until(() => answer !== undefined)
  }
  if (answer?.failure) throw reviveFailure(answer.failure)

  function send(): void {
    const memory = chunks.map(({ buffer }) => buffer)
    port.postMessage({ chunks } satisfies ToStore, memory)
    underway += gathered
    chunks = []
    gathered = 0
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve))
  }
}

/** Bytes in memory that they share with nobody, which can be given to another thread: the same, or else a copy. */
function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
  return isAlone ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
