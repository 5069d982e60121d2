import { readSync } from 'node:fs'

/** Reads an open file from where it is, as much as there is room for. Returns the bytes read. */
export function readInto(buffer: Buffer, open: number): number {
  let at = 0
  for (let count = 1; count > 0 && at < buffer.length; at += count) {
    count = readSync(open, buffer, at, buffer.length - at, null)
  }
  return at
}
