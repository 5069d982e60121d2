import pLimit, { type LimitFunction } from 'p-limit'
import { Ec2Error } from '../errors.ts'
import type { Pack } from './group-packs.ts'
import { createProgress, type SyncProgress } from './progress.ts'
import { retry } from './retry.ts'
import type { Shelf } from './shelf.ts'
import type { Spool } from './spool.ts'
import type { SyncTarget } from './sync-target.ts'

/** As many as fill a long line: a channel's window is fixed. */
const UPLOADS = 8
const PULLS = 16

/** What may be under way at a time, over all deliveries that share them. */
export interface DeliveryLimits {
  uploads: LimitFunction
  pulls: LimitFunction
}

export function createDeliveryLimits(): DeliveryLimits {
  return { uploads: pLimit(UPLOADS), pulls: pLimit(PULLS) }
}

export interface DeliverOptions {
  root: string
  target: SyncTarget
  spool: Spool
  /** packs go over it when there is one */
  shelf: Shelf | undefined
  /** hears whether the shelf could be used: why not, or nothing */
  onReach: (error: Ec2Error | undefined) => void
  signal: AbortSignal
  onProgress: (progress: SyncProgress) => void
  /** own ones */
  limits?: DeliveryLimits
}

/** Brings packs to a host: over the bucket where there is one, and straight to it otherwise, or when the bucket is out of reach. */
export async function deliver(packs: readonly Pack[], options: DeliverOptions): Promise<void> {
  const { root, target, spool, shelf, onReach, signal, onProgress, limits = createDeliveryLimits() } = options
  const tell = createProgress(packs, onProgress)
  const direct = shelf ? await pullAll(shelf) : packs
  await limits.uploads.map([...direct], upload)

  /** Returns those that the host could not get that way. */
  async function pullAll(from: Shelf): Promise<readonly Pack[]> {
    try {
      await from.look(packs)
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      onReach(error)
      return packs
    }
    let failure: Ec2Error | undefined
    const unreached = await limits.pulls.map([...packs], async (pack) => {
      try {
        await pull(from, pack)
        tell(pack, 1)
        return []
      } catch (error) {
        if (!isOutOfReach(error)) throw error
        failure ??= error
        return [pack]
      }
    })
    onReach(failure)
    return unreached.flat()
  }

  async function pull(from: Shelf, pack: Pack): Promise<void> {
    await from.put(pack, root, signal)
    tell(pack, 0.5)
    const wanted = { hash: pack.hash, url: await from.url(pack) }
    try {
      await target.pull([wanted])
    } catch (error) {
      if (!(error instanceof Ec2Error) || error.code !== 'EC2_SYNC') throw error
      // What lies in the bucket is damaged, and would be for everybody: put it there anew, once.
      await from.put(pack, root, signal, { again: true })
      await target.pull([wanted])
    }
  }

  async function upload(pack: Pack): Promise<void> {
    await spool.use(pack, root, async (compressed) => {
      await retry(
        async () => {
          const content = counted(compressed.read(), (sent) => tell(pack, sent / compressed.size))
          await target.upload({ hash: pack.hash, size: compressed.size }, content)
        },
        { signal },
      )
    })
    tell(pack, 1)
  }

  async function* counted(content: AsyncIterable<Uint8Array>, onSent: (bytes: number) => void) {
    let sent = 0
    for await (const chunk of content) {
      signal.throwIfAborted()
      yield chunk
      sent += chunk.length
      onSent(sent)
    }
  }
}

/** For the host, or for us when credentials expire in the middle of a run: SSH needs none. */
export function isOutOfReach(error: unknown): error is Ec2Error {
  return error instanceof Ec2Error && (error.code === 'EC2_NETWORK' || error.code === 'EC2_CREDENTIALS')
}
