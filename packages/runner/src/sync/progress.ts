import type { Pack } from './group-packs.ts'

export interface SyncProgress {
  doneBytes: number
  totalBytes: number
}

/** Adds up how far each pack is, in bytes before compression. */
export function createProgress(
  packs: readonly Pack[],
  onProgress: (progress: SyncProgress) => void,
): (pack: Pack, share: number) => void {
  const totalBytes = packs.reduce((sum, { bytes }) => sum + bytes, 0)
  const shares = new Map<string, number>()
  let doneBytes = 0
  onProgress({ doneBytes, totalBytes })
  return (pack, share) => {
    const before = shares.get(pack.hash) ?? 0
    if (share <= before) return // another try begins below where the last one was
    shares.set(pack.hash, share)
    doneBytes += (share - before) * pack.bytes
    onProgress({ doneBytes: Math.round(doneBytes), totalBytes })
  }
}
