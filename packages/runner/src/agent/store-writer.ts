import { createHash, hash, type Hash } from 'node:crypto'
import { closeSync, fchmodSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import { contentName, decodeIndex, hashIndex, MAX_INDEX_BYTES, type PackContent } from '../wire/pack.ts'
import { damaged } from './store-damaged.ts'
import { freeBytes, fullDisk } from './store-disk.ts'

const EMPTY = hash('sha256', '')

/** Takes the plain bytes of a pack as they come, and writes and verifies its contents one after the other. */
export class PackWriter {
  readonly #pack: string
  readonly #folder: string
  #head: Buffer | undefined = Buffer.alloc(0)
  #contents: PackContent[] = []
  #at = 0
  #open: { file: number; missing: number; hash?: Hash; actual?: string } | undefined

  constructor(pack: string, folder: string) {
    this.#pack = pack
    this.#folder = folder
  }

  // NOTE: synchronous. Most contents are a few kilobytes, which asynchronous calls make several times slower.
  write(chunk: Buffer): void {
    let rest = this.#head ? this.#readIndex(chunk) : chunk
    while (rest.length > 0) {
      const open = this.#open
      if (!open) throw damaged(this.#pack, 'it goes on after its last content')
      const piece = rest.subarray(0, open.missing)
      writeAll(open.file, piece)
      open.missing -= piece.length
      // Most come whole, which costs less.
      if (open.missing === 0 && !open.hash) open.actual = hash('sha256', piece)
      else (open.hash ??= createHash('sha256')).update(piece)
      rest = rest.subarray(piece.length)
      this.#finishContents()
    }
  }

  /** @throws Ec2Error `EC2_SYNC` when something is missing */
  end(): void {
    if (this.#head || this.#open) throw damaged(this.#pack, 'it ends in the middle')
  }

  close(): void {
    if (this.#open) closeSync(this.#open.file)
    this.#open = undefined
  }

  /** Returns what comes after the index. */
  #readIndex(chunk: Buffer): Buffer {
    const head = Buffer.concat([this.#head!, chunk])
    this.#head = head
    if (head.length < 4) return Buffer.alloc(0)
    const end = 4 + head.readUInt32BE()
    if (end > MAX_INDEX_BYTES) throw damaged(this.#pack, 'its index is impossibly long')
    if (head.length < end) return Buffer.alloc(0)
    const index = head.subarray(4, end)
    const hash = hashIndex(index)
    if (hash !== this.#pack) throw damaged(this.#pack, `its index has the hash ${hash}`)
    this.#head = undefined
    this.#contents = decodeIndex(index)
    const neededBytes = this.#contents.reduce((sum, { size }) => sum + size, 0)
    if (neededBytes > freeBytes(this.#folder)) throw fullDisk(this.#folder, { neededBytes })
    this.#openNext()
    this.#finishContents()
    return head.subarray(end)
  }

  #finishContents(): void {
    while (this.#open?.missing === 0) {
      const { file, hash, actual = hash?.digest('hex') ?? EMPTY } = this.#open
      const { hash: expected } = this.#contents[this.#at]!
      this.#open = undefined
      closeSync(file)
      if (actual !== expected) {
        throw damaged(this.#pack, `a content that should have the hash ${expected} has ${actual}`)
      }
      this.#at += 1
      this.#openNext()
    }
  }

  #openNext(): void {
    const content = this.#contents[this.#at]
    if (!content) return
    const file = openSync(join(this.#folder, contentName(content)), 'wx')
    fchmodSync(file, content.mode)
    this.#open = { file, missing: content.size }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    const count = writeSync(file, bytes, written)
    if (count === 0) throw new Ec2Error('EC2_HOST', 'The disk of the host takes no more bytes')
    written += count
  }
}
