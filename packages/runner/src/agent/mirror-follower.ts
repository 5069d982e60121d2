import { createHash, type Hash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { MirrorTeller } from './mirror-teller.ts'

const CHUNK_BYTES = 256 << 10
/** So much of the end of what was told is compared before growth is taken for growth. */
const TAIL_BYTES = 4096

export interface Follower {
  /** Tells what changed since the last time. `isExact`: also what neither size nor time show. */
  follow(stats: BigIntStats, isExact: boolean): Promise<void>
}

/** Follows one file. Most grow at the end; those that were replaced or written anew are told from the start. */
export function createFollower(file: string, path: string, teller: MirrorTeller): Follower {
  let look = ''
  let inode = -1n
  let told = 0
  let digest = createHash('sha256')
  let tail: Buffer = Buffer.alloc(0)
  let hasTold = false
  let isUnsure = false // told something since the last exact look

  return {
    async follow(stats, isExact) {
      const { ino, size, mtimeNs, ctimeNs } = stats
      const now = [ino, size, mtimeNs, ctimeNs].join(' ')
      if (now === look && !(isExact && isUnsure)) return
      const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined)
      if (!handle) return // deleted or closed to us: the next look tells
      try {
        const isSame = hasTold && ino === inode && Number(size) >= told
        const isGrowth = isSame && (isExact ? await hasDigest(handle) : await hasTail(handle))
        if (!isGrowth) restart()
        await send(handle, Number(size))
        inode = ino
        look = now
        isUnsure = !isExact
      } finally {
        await handle.close()
      }
    },
  }

  function restart(): void {
    told = 0
    digest = createHash('sha256')
    tail = Buffer.alloc(0)
    hasTold = false
  }

  async function send(handle: FileHandle, size: number): Promise<void> {
    while (told < size || !hasTold) {
      const data = await readAt(handle, told, Math.min(CHUNK_BYTES, size - told))
      if (data.length === 0 && told < size) return // shortened under our hands: the next look tells
      await teller.tell({ kind: 'data', path, offset: told, data, truncate: !hasTold, size })
      hasTold = true
      told += data.length
      digest.update(data)
      tail = Buffer.concat([tail, data.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
    }
  }

  async function hasTail(handle: FileHandle): Promise<boolean> {
    return (await readAt(handle, told - tail.length, tail.length)).equals(tail)
  }

  async function hasDigest(handle: FileHandle): Promise<boolean> {
    const present: Hash = createHash('sha256')
    for (let at = 0; at < told;) {
      const data = await readAt(handle, at, Math.min(CHUNK_BYTES, told - at))
      if (data.length === 0) return false
      present.update(data)
      at += data.length
    }
    return present.digest('hex') === digest.copy().digest('hex')
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
