import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pack } from './group-packs.ts'

/** A file is not what it was when it was listed: what was planned of it is void. */
export class ChangedFile extends Error {
  override readonly name = 'ChangedFile'
  /** relative to the root */
  readonly path: string

  constructor(path: string, cause?: unknown) {
    super(`${path} changed while it was being sent`, { cause })
    this.path = path
  }
}

const SMALL_BYTES = 1 << 20

/**
 * The bytes of a pack, before compression.
 * @yields the next bytes
 * @throws ChangedFile when a file is not there any more, or has another content
 */
export async function* readPack(pack: Pack, root: string): AsyncGenerator<Buffer> {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(pack.index.length)
  yield Buffer.concat([length, pack.index])
  for (const [at, path] of pack.files.entries()) yield* readContent(join(root, path), path, pack.contents[at]!)
}

async function* readContent(
  file: string,
  path: string,
  { hash, size }: { hash: string; size: number },
): AsyncGenerator<Buffer> {
  const actual = createHash('sha256')
  let left = size
  try {
    for await (const chunk of size > SMALL_BYTES ? createReadStream(file) : [await readFile(file)]) {
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
