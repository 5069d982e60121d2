import { once } from 'node:events'
import { parentPort, type MessagePort } from 'node:worker_threads'
import type { ThreadJob } from '../threads/threads.ts'
import { compressContents, compressPack } from './compress-pack.ts'
import { ChangedFile } from './pack-stream.ts'
import type { CompressJob, FromPacker, PackJob, ReadJob, ToHolder } from './packers.ts'
import { readFiles } from './read-files.ts'

/** A thread that reads files and compresses packs, see `createPackers`. */
parentPort!.on('message', ({ job, port }: ThreadJob<PackJob>) => {
  if ('pack' in job) void compress(job, port)
  else void hold(job, port)
})

async function compress({ pack, root, file }: CompressJob, port: MessagePort): Promise<void> {
  try {
    const compressed = await compressPack({ ...pack, index: Buffer.from(pack.index) }, root, file)
    if ('file' in compressed) answer(port, compressed)
    else give(port, compressed.bytes)
  } catch (error) {
    answer(port, { error, ...(error instanceof ChangedFile && { changed: error.path }) })
  }
}

/** Keeps what was read until it is compressed, or not wanted. */
async function hold({ files, root, mayHoldKeys }: ReadJob, port: MessagePort): Promise<void> {
  const read = readFiles(files, root, mayHoldKeys)
  answer(port, { read: read.map((file) => ('why' in file ? file : { stats: file.stats, hash: file.hash })) })
  const [wanted] = (await once(port, 'message')) as [ToHolder]
  if (!wanted) return
  try {
    const contents = wanted.files.map((at) => read[at]!).filter((file) => 'content' in file)
    give(
      port,
      compressContents(
        Buffer.from(wanted.index),
        contents.map(({ content }) => content),
      ),
    )
  } catch (error) {
    answer(port, { error })
  }
}

/** In memory that threads share: it goes on to the one that sends it, and nobody copies or counts it on the way. */
function give(port: MessagePort, compressed: Uint8Array): void {
  const bytes = new Uint8Array(new SharedArrayBuffer(compressed.length))
  bytes.set(compressed)
  answer(port, { bytes })
}

function answer(port: MessagePort, message: FromPacker): void {
  port.postMessage(message)
}
