import { createHash, hash as hashWhole } from 'node:crypto'
import { closeSync, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { packHead } from '../wire/pack.ts'
import type { Pack } from './group-packs.ts'
import { readInto } from './read-into.ts'

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

/** Bytes of a pack before compression. */
export function sizeOfPack(pack: Pack): number {
  return 4 + pack.index.length + pack.bytes
}

/**
 * The bytes of a pack that is not large, before compression, in one piece at the beginning of a buffer.
 * @throws ChangedFile as `readPack`
 */
export function gatherPack(pack: Pack, root: string, buffer: Buffer): Buffer {
  const bytes = buffer.subarray(0, sizeOfPack(pack))
  let at = packHead(pack.index).copy(bytes)
  for (const [index, path] of pack.files.entries()) {
    const { hash, size } = pack.contents[index]!
    const content = bytes.subarray(at, (at += size))
    fill(content, resolve(root, path), path)
    if (hashWhole('sha256', content) !== hash) throw new ChangedFile(path)
  }
  return bytes
}

/** Reads a file that is exactly that long. */
function fill(content: Buffer, file: string, path: string): void {
  let open: number | undefined
  try {
    open = openSync(file, 'r')
    if (fstatSync(open).size !== content.length) throw new Error('It has another size')
    if (readInto(content, open) < content.length) throw new Error('It was cut short')
  } catch (cause) {
    throw new ChangedFile(path, cause)
  } finally {
    if (open !== undefined) closeSync(open)
  }
}

/**
 * The bytes of a pack, before compression.
 * @yields the next bytes
 * @throws ChangedFile when a file is not there any more, or has another content
 */
export async function* readPack(pack: Pack, root: string): AsyncGenerator<Buffer> {
  let piece = [packHead(pack.index)]
  let bytes = piece[0]!.length
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
