import { hash } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { encodeIndex, hashIndex, packHead } from '../../src/wire/pack.ts'

/** Contents as they travel: a pack's name, and its compressed bytes. */
export function packed(contents: readonly Buffer[], mode = 0o644) {
  const index = encodeIndex(contents.map((content) => ({ hash: hash('sha256', content), mode, size: content.length })))
  const bytes = zstdCompressSync(Buffer.concat([packHead(index), ...contents]))
  return { hash: hashIndex(index), size: bytes.length, bytes, contents }
}
