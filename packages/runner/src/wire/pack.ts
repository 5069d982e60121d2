import { createHash } from 'node:crypto'
import { Ec2Error } from '../errors.ts'

/**
 * A pack is the zstd compression of: length of the index (u32, big-endian), index, contents in the order of the index.
 * The index is one line per content, `<sha256> <mode, octal> <bytes>`; its own sha256 is the pack's name. So a name stands
 * for exact contents whatever compressed them, and can be told without reading any of them again.
 */
export interface PackContent {
  hash: string
  /** 0o644 or 0o755 */
  mode: number
  size: number
}

/** A longer index is nonsense: packs are cut long before. */
export const MAX_INDEX_BYTES: number = 64 << 20

export function encodeIndex(contents: readonly PackContent[]): Buffer {
  return Buffer.from(contents.map(({ hash, mode, size }) => `${hash} ${mode.toString(8)} ${size}\n`).join(''))
}

/** What stands before the contents. */
export function packHead(index: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(index.length)
  return Buffer.concat([length, index])
}

/** @throws Ec2Error `EC2_PROTOCOL` when it is no index */
export function decodeIndex(index: Buffer): PackContent[] {
  const lines = index.toString('latin1').split('\n')
  if (lines.pop() !== '') throw new Ec2Error('EC2_PROTOCOL', 'The index of a pack ends in the middle of a line')
  return lines.map((line) => {
    const [, hash, mode, size] = /^([0-9a-f]{64}) (644|755) (\d{1,15})$/.exec(line) ?? []
    if (!hash || !mode || !size) throw new Ec2Error('EC2_PROTOCOL', `No line of a pack's index: ${line.slice(0, 100)}`)
    return { hash, mode: Number.parseInt(mode, 8), size: Number(size) }
  })
}

export function hashIndex(index: Buffer): string {
  return createHash('sha256').update(index).digest('hex')
}

/** The name of a content in an unpacked pack. */
export function contentName({ hash, mode }: Pick<PackContent, 'hash' | 'mode'>): string {
  return `${hash}${(mode & 0o111) === 0 ? '' : '.x'}`
}
