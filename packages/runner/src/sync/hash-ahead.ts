import pLimit from 'p-limit'
import { SMALL_BYTES } from './compress-pack.ts'
import { hashFiles, KEY_INSIDE, toHashed, type HashedFile, type HashOptions } from './file-hash.ts'
import { groupFiles, toPack, type Pack } from './group-packs.ts'
import type { Packers } from './packers.ts'
import type { SourceFile } from './source.ts'

/** Takes a pack while its bytes are in memory, and does not throw. `totalBytes`: of all that is planned. */
export type OnPack = (pack: Pack, totalBytes: number) => Promise<void>

/** Less is sent before a thread has started. */
const MIN_BYTES = 32 << 20
/** Packs that are in memory at a time: as many as a slow answer of a host may keep waiting. */
const AT_A_TIME = 32

/**
 * Hashes files of which none is known, in the packs that they are going to travel in, and hands each of these on. So most
 * can be on their way before all is planned, and nothing is read twice.
 */
export async function hashAhead(
  units: readonly { name: string; files: readonly SourceFile[] }[],
  { packers, onPack, ...options }: HashOptions & { packers: Packers; onPack: OnPack },
): Promise<HashedFile[]> {
  const sized = units.map(({ name, files }) => ({
    name,
    files: files.map((source) => ({ source, size: source.stats.size })),
  }))
  const groups = groupFiles(sized)
  const sizes = groups.map((group) => group.reduce((sum, { size }) => sum + size, 0))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  if (totalBytes < MIN_BYTES)
    return await hashFiles(
      units.flatMap(({ files }) => files),
      options,
    )
  const hashed = await pLimit(AT_A_TIME).map(groups, async (group, at) => {
    const files = group.map(({ source }) => source)
    return sizes[at]! > SMALL_BYTES ? await hashFiles(files, options) : await hashGroup(files)
  })
  return hashed.flat()

  async function hashGroup(files: readonly SourceFile[]): Promise<HashedFile[]> {
    const { root, mayHoldKeys, cache, onLeftOut } = options
    const hashed: HashedFile[] = []
    await packers.read({ files, root, mayHoldKeys }, async (read, hold) => {
      for (const [at, result] of read.entries()) {
        const source = files[at]!
        if ('why' in result) {
          onLeftOut(source.path, result.why)
          continue
        }
        const { file = source.path } = source
        cache?.set(file, result.stats, result.hash)
        const each = toHashed({ ...source, ...result })
        if (each) hashed.push(each)
        else onLeftOut(source.path, KEY_INSIDE)
      }
      if (hashed.length === 0) return
      const pack = toPack(hashed)
      hold(pack)
      await onPack(pack, totalBytes)
    })
    return hashed
  }
}
