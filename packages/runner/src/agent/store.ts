import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import type { TreeManifest } from '../wire/protocol.ts'
import { download } from './store-download.ts'
import { explainDisk } from './store-disk.ts'
import { keepFolder, removeLeftovers } from './store-folder.ts'
import { prune, type PruneOptions } from './store-prune.ts'
import { createStoreThreads } from './store-threads.ts'
import type { PackBytes } from './store-unpack.ts'
import { createUses } from './store-uses.ts'

/**
 * Unpacked packs and the trees made of them, below one folder of the host. Each is made aside and appears whole, by a
 * rename: so any number of agents may share the folder, and one that dies in the middle leaves nothing half done.
 */
export interface HostStore {
  /** of these hashes of packs and trees, the ones that are not here; the others count as used now */
  missing(hashes: string[]): Promise<string[]>
  /** unpacks the bytes of a pack, which it keeps, and verifies every content. @throws Ec2Error `EC2_SYNC`, or `EC2_HOST` for a full disk */
  receive(pack: { hash: string }, bytes: PackBytes): Promise<void>
  /** downloads packs, several at a time. @throws Ec2Error as `receive`, and `EC2_NETWORK` */
  pull(packs: { hash: string; url: string }[]): Promise<void>
  /** builds a tree of hard links into packs, once. @throws Ec2Error `EC2_SYNC` when a pack is not here, `EC2_PROTOCOL` */
  tree(manifest: TreeManifest): Promise<string>
  treePath(hash: string): string
  /** removes what nobody used for a while */
  prune(options: PruneOptions): Promise<void>
}

/** Downloads at a time. */
const PULLS = 8

export function createStore(folder: string): HostStore {
  const [packs, trees] = [join(folder, 'packs'), join(folder, 'trees')]
  const uses = createUses(join(folder, 'uses'))
  const threads = createStoreThreads()
  for (const path of [packs, trees]) {
    mkdirSync(path, { recursive: true })
    removeLeftovers(path)
  }

  const store: HostStore = {
    async missing(hashes) {
      return hashes.filter((hash) => {
        checkHash(hash)
        if (!existsSync(join(packs, hash)) && !existsSync(join(trees, hash))) return true
        uses.note(hash)
        return false
      })
    },
    async receive({ hash }, bytes) {
      checkHash(hash)
      if (existsSync(join(packs, hash))) for await (const _ of bytes); // another client was faster
      else await make(packs, hash, (path) => threads.unpack(hash, bytes, path))
    },
    async pull(wanted) {
      const queue = wanted.filter(({ hash }) => !existsSync(join(packs, checkHash(hash))))
      const next = async () => {
        for (let pack = queue.pop(); pack; pack = queue.pop()) await store.receive(pack, download(pack.url))
      }
      await Promise.all(Array.from({ length: PULLS }, next))
    },
    async tree(manifest) {
      const { hash } = manifest
      checkHash(hash)
      if (existsSync(join(trees, hash))) uses.note(hash)
      else await make(trees, hash, (path) => threads.buildTree(manifest, path, packs))
      return hash
    },
    treePath: (hash) => join(trees, checkHash(hash)),
    prune: (options) => prune({ packs, trees, uses }, options),
  }
  return store

  async function make(parent: string, hash: string, fill: (path: string) => Promise<void>): Promise<void> {
    const path = join(parent, `tmp-${process.pid}-${randomUUID()}`)
    try {
      mkdirSync(path, { mode: 0o755 })
      await fill(path)
      uses.note(hash)
      keepFolder(path, join(parent, hash))
    } catch (error) {
      rmSync(path, { recursive: true, force: true })
      throw explainDisk(error, folder)
    }
  }
}

function checkHash(hash: string): string {
  if (/^[0-9a-f]{64}$/.test(hash)) return hash
  throw new Ec2Error('EC2_PROTOCOL', `\`${String(hash).slice(0, 100)}\` is no hash of a pack or a tree`)
}
