import type { TreeManifest } from '../wire/protocol.ts'
import type { Platform } from './host-platform.ts'

/** The receiving end of a sync: a host's store, as `host/` offers it. */
export interface SyncTarget {
  /** what builds of packages have to fit; linux-x64 with glibc unless given */
  readonly platform?: Platform
  /** of these hashes of packs and trees, the ones the host does not hold */
  missing(hashes: string[]): Promise<string[]>
  /** `size`: bytes of the content that follows */
  upload(pack: { hash: string; size: number }, content: AsyncIterable<Uint8Array>): Promise<void>
  pull(packs: { hash: string; url: string }[]): Promise<void>
  tree(manifest: TreeManifest): Promise<string>
}

/** Where packs lie between runs, reachable for hosts by URL: an S3 bucket. Without one, packs go straight to the host. */
export interface BlobStore {
  /** of these hashes, the ones that are not there */
  missing(packs: string[]): Promise<string[]>
  /** stores bytes under their hash; a second put of the same hash is harmless */
  put(
    pack: { hash: string; size: number },
    content: () => AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void>
  /** a URL that a host without credentials can GET for the next hour */
  url(hash: string): Promise<string>
}
