import { join } from 'node:path'
import type { TreeManifest } from '../wire/protocol.ts'

/** Unpacked packs and the trees made of them, below one folder of the host. */
export interface HostStore {
  missing(hashes: string[]): Promise<string[]>
  receive(pack: { hash: string; size: number }, bytes: AsyncIterable<Uint8Array>): Promise<void>
  pull(packs: { hash: string; size: number; url: string }[]): Promise<void>
  tree(manifest: TreeManifest): Promise<string>
  treePath(hash: string): string
}

export function createStore(folder: string): HostStore {
  const unsupported = async (): Promise<never> => {
    throw new Error('This store cannot receive anything')
  }
  return {
    missing: async (hashes) => hashes,
    receive: unsupported,
    pull: unsupported,
    tree: unsupported,
    treePath: (hash) => join(folder, 'trees', hash),
  }
}
