import { hash } from 'node:crypto'
import { closeSync, lstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { PRIVATE, whyNotRead } from './file-hash.ts'
import { isPrivateKey, MAX_KEY_BYTES } from './private-files.ts'
import { readInto } from './read-into.ts'
import { toLook, type Look, type SourceFile } from './source.ts'

/** A file with what is in it, or why it does not travel. */
export type ReadFile = { stats: Look; hash: string; content: Buffer } | { why: string }

/** Reads small files whole, and hashes what it read. */
export function readFiles(files: readonly SourceFile[], root: string, mayHoldKeys: boolean): ReadFile[] {
  return files.map(({ path, file = join(root, path) }) => {
    try {
      const stats = toLook(lstatSync(file)) // as it is now, not as it was listed
      const content = read(file, stats.size)
      const isKey = mayHoldKeys && stats.size <= MAX_KEY_BYTES && isPrivateKey(content)
      // One that was cut short meanwhile is what was read of it; with another size nobody takes it for known.
      return { stats: { ...stats, size: content.length }, content, hash: isKey ? PRIVATE : hash('sha256', content) }
    } catch (error) {
      return { why: whyNotRead(error) }
    }
  })
}

function read(file: string, size: number): Buffer {
  const content = Buffer.allocUnsafeSlow(size)
  const open = openSync(file, 'r')
  try {
    return content.subarray(0, readInto(content, open))
  } finally {
    closeSync(open)
  }
}
