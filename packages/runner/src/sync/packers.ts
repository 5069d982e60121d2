import { once } from 'node:events'
import { extname, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { createThreads } from '../threads/threads.ts'
import { compressPack, type Compressed } from './compress-pack.ts'
import type { Pack } from './group-packs.ts'
import { ChangedFile } from './pack-stream.ts'
import type { Look, SourceFile } from './source.ts'

/** What a thread gets: a pack to compress, or files to read and to hold until it is told what is wanted of them. */
export type PackJob = CompressJob | ReadJob
export interface CompressJob {
  pack: Pack
  root: string
  file: string
}
export interface ReadJob {
  files: readonly SourceFile[]
  root: string
  mayHoldKeys: boolean
}
/** The pack that those files become, by their places in what was read; nothing: it is not wanted. */
export type ToHolder = { index: Uint8Array; files: number[] } | undefined
export type FromPacker = Compressed | { read: FileRead[] } | { error: unknown; changed?: string }

/** A file as it was when it was read, or why it does not travel. */
export type FileRead = { stats: Look; hash: string } | { why: string }

/** Reads and compresses in threads: tests and their reports go on here meanwhile. */
export interface Packers {
  /** as `compressPack`; what `read` holds is not read again */
  compress(pack: Pack, root: string, file: string): Promise<Compressed>
  /** Reads small files. While `use` runs, packs that it makes of them, and gives to `hold`, are compressed from memory. */
  read(job: ReadJob, use: (read: FileRead[], hold: (pack: Pack) => void) => Promise<void>): Promise<void>
}

export function createPackers(): Packers {
  const threads = createThreads(join(import.meta.dirname, `pack-main${extname(import.meta.filename)}`))
  const held = new Map<string, (pack: Pack) => Promise<Compressed>>()
  return {
    async compress(pack, root, file) {
      const fromMemory = held.get(pack.hash)
      if (fromMemory) {
        held.delete(pack.hash)
        return await fromMemory(pack)
      }
      if (!threads.isForThread()) return await compressPack(pack, root, file)
      return await threads.run({ pack, root, file } satisfies PackJob, async (port) => toCompressed(await next(port)))
    },
    async read(job, use) {
      await threads.run(job satisfies PackJob, async (port) => {
        const answer = await next(port)
        if (!('read' in answer)) throw toError(answer)
        const holding: string[] = []
        try {
          await use(answer.read, (pack) => {
            holding.push(pack.hash)
            held.set(pack.hash, async () => {
              const places = new Map(job.files.map(({ path, file = path }, at) => [file, at]))
              const files = pack.files.map((file) => places.get(file)!)
              port.postMessage({ index: pack.index, files } satisfies ToHolder)
              return toCompressed(await next(port))
            })
          })
        } finally {
          for (const hash of holding) held.delete(hash)
          port.postMessage(undefined satisfies ToHolder)
        }
      })
    },
  }
}

async function next(port: MessagePort): Promise<FromPacker> {
  const [message] = (await once(port, 'message')) as [FromPacker]
  return message
}

function toCompressed(answer: FromPacker): Compressed {
  if ('bytes' in answer || 'file' in answer) return answer
  throw toError(answer)
}

function toError(answer: FromPacker): unknown {
  if (!('error' in answer)) return new Error('A thread answered something else')
  return answer.changed === undefined ? answer.error : new ChangedFile(answer.changed, answer.error)
}
