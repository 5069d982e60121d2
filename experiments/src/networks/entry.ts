import type { Network } from './network.ts'

/** A network that is fetched when it is asked for. */
export interface NetworkEntry {
  readonly name: string
  readonly license: string
  /** what the files' paths are appended to */
  readonly url: string
  readonly files: readonly NetworkFile[]
  /** the hash of all files without one of their own, joined in order */
  readonly sha256OfRest?: string
  readonly build: (files: readonly Uint8Array[]) => Network
}

export interface NetworkFile {
  /** the name in a mirror and in the cache */
  readonly name: string
  /** the path below the entry's URL */
  readonly path: string
  readonly sha256?: string
}
