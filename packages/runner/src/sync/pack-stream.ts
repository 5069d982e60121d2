import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Pack } from './group-packs.ts'

/** A file is not what it was when it was listed: what was planned of it is void. */
export class ChangedFile extends Error {
  override readonly name = 'ChangedFile'
  /** absolute or relative to the root, as the pack names it */
  readonly path: string

  constructor(path: string, cause?: unknown) {
    super(`${path} changed while it was being sent`, { cause })
    this.path = path
  }
}

const SMALL_BYTES = 1 << 20
/** What goes to the compressor at a time: each piece is a trip to another thread, which costs more than a small file. */
const PIECE_BYTES = 256 << 10

/**
 * The bytes of a pack, before compression.
 * @yields the next bytes
 * @throws ChangedFile when a file is not there any more, or has another content
 */
export async function* readPack(pack: Pack, root: string): AsyncGenerator<Buffer> {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(pack.index.length)
  let piece = [length, pack.index]
  let bytes = length.length + pack.index.length
  for (const [at, path] of pack.files.entries()) {
    for await (const chunk of readContent(resolve(root, path), path, pack.contents[at]!)) {
      piece.push(chunk)
      bytes += chunk.length
      if (bytes < PIECE_BYTES) continue
      yield Buffer.concat(piece, bytes)
      piece = []
      bytes = 0
    }
  }
  if (bytes > 0) yield Buffer.concat(piece, bytes)
}

async function* readContent(
  file: string,
  path: string,
  { hash, size }: { hash: string; size: number },
): AsyncGenerator<Buffer> {
  const actual = createHash('sha256')
  let left = size
  try {
    // NOTE: small files synchronously. A few kilobytes cost several times as much by way of other threads.
    for await (const chunk of size > SMALL_BYTES
      ? createReadStream(file, { highWaterMark: PIECE_BYTES })
      : [readFileSync(file)]) {
      const bytes = chunk as Buffer
      left -= bytes.length
      if (left < 0) break
      actual.update(bytes)
      yield bytes
    }
  } catch (cause) {
    throw new ChangedFile(path, cause)
  }
  if (left !== 0 || actual.digest('hex') !== hash) throw new ChangedFile(path)
}
