import { Transform } from 'node:stream'

export interface CopyOptions {
  signal?: AbortSignal
  onProgress?: (progress: { doneBytes: number; totalBytes: number }) => void
}

/** `sent`: bytes that travelled; what was there already did not. */
export interface Copied {
  files: number
  bytes: number
  sent: number
}

/** Tells how many bytes pass. */
export function counter(count: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count(chunk.length)
      done(null, chunk)
    },
  })
}
