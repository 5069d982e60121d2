import type { Readable } from 'node:stream'

/**
 * Where reports are kept: keys with `/`, and bytes under them. Think of it as the few things that a bucket and a folder can
 * both do, and no more; what is put where, and in which order, is the archive's business.
 */
export interface ArchiveStore {
  /** how messages name it: `s3://bucket/prefix`, or the folder */
  readonly name: string
  /** @returns undefined when nothing is there */
  read(key: string, range?: ByteRange): Promise<StoredContent | undefined>
  /** everything whose key starts with this, in the order of the keys */
  list(prefix: string): AsyncIterable<StoredObject>
  /** names of the folders directly under a prefix that ends with `/`, or is empty */
  folders(prefix: string): AsyncIterable<string>
  /**
   * @param condition puts only over that very version (its `etag`), or only where nothing is (`null`)
   * @returns the new version's etag; undefined when the condition does not hold
   */
  put(key: string, content: Content, headers: ContentHeaders, condition?: string | null): Promise<string | undefined>
  /** the same bytes under another key, without carrying them here and back */
  copy(from: string, to: string, headers: ContentHeaders): Promise<void>
}

export interface StoredObject {
  key: string
  bytes: number
  /** changes when the content does */
  etag: string
  modifiedAt: number
}

export interface StoredContent {
  body: Readable
  /** of the whole, whatever range was asked for */
  bytes: number
  /** what the body holds; the whole when no range was asked for, or it cannot be had */
  range?: { start: number; end: number }
  contentType: string
  contentEncoding?: string
  etag: string
}

/** Offsets of the first and the last byte, or the last so many bytes. */
export type ByteRange = { start: number; end?: number } | { last: number }

export type Content = { file: string } | { text: string } | { gzipped: Uint8Array }

export interface ContentHeaders {
  contentType: string
  cacheControl: string
}
