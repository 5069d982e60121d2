import { inflateRawSync } from 'node:zlib'

/**
 * Takes one file out of a ZIP archive (APPNOTE 6.3: the directory at its end says where it is). No ZIP64, no encryption.
 *
 * @throws when it is not in there, or packed by something else than Deflate
 */
export function readZipped(archive: Uint8Array, wanted: string): Uint8Array {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = bytes.lastIndexOf(END)
  if (end < 0) throw new Error('It is no ZIP archive, or its end is missing')
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset))
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength!)
    if (name === wanted) {
      const entry = { method: bytes.readUInt16LE(at + 10), length: bytes.readUInt32LE(at + 20) }
      return unpacked(bytes, bytes.readUInt32LE(at + 42), entry)
    }
    at += 46 + nameLength! + extra! + comment!
  }
  throw new Error(`The archive has no ${wanted}`)
}

function unpacked(bytes: Buffer, at: number, { method, length }: { method: number; length: number }): Uint8Array {
  // The header before the data has an extra field of its own length.
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  const data = bytes.subarray(start, start + length)
  if (method === STORED) return data
  if (method === DEFLATED) return inflateRawSync(data)
  throw new Error(`The archive is packed by method ${method}, not by Deflate`)
}

const END = Buffer.from('PK\x05\x06', 'latin1')
const STORED = 0
const DEFLATED = 8
