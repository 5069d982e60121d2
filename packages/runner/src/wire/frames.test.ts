import { expect, it } from 'vitest'
import { FrameReader, toFrame } from './frames.ts'

function framesOf(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = []
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame)
  return frames
}

it('finds the same frames however the bytes are chopped', () => {
  const payloads = [0, 1, 3, 4, 5, 70_000, 0, 12].map((length, index) => Buffer.alloc(length, index))
  const bytes = Buffer.concat(payloads.flatMap((payload) => toFrame(payload)))
  for (const step of [1, 3, 7, 4096, bytes.length]) {
    const reader = new FrameReader()
    const found: Buffer[] = []
    for (let at = 0; at < bytes.length; at += step) {
      reader.push(bytes.subarray(at, at + step))
      found.push(...framesOf(reader))
    }
    expect(found.map(String)).toEqual(payloads.map(String))
    expect(reader.rest()).toHaveLength(0)
  }
})

it('joins the pieces of one frame', () => {
  const reader = new FrameReader()
  for (const piece of toFrame(Buffer.from('a'), Buffer.alloc(100_000, 'b'), Buffer.from('c'))) reader.push(piece)
  expect(reader.next()?.toString()).toBe(`a${'b'.repeat(100_000)}c`)
})

it('hands over what was read and not taken', () => {
  const reader = new FrameReader()
  reader.push(Buffer.concat([...toFrame(Buffer.from('first')), Buffer.from('rest')]))
  expect(reader.next()?.toString()).toBe('first')
  expect(reader.rest().toString()).toBe('rest')
})

it('refuses a length that no honest end would send, before the bytes come', () => {
  const reader = new FrameReader(1000)
  reader.push(Buffer.from([0, 0, 4, 0]))
  expect(() => reader.next()).toThrow(
    expect.objectContaining({ code: 'EC2_PROTOCOL', message: expect.stringContaining('1024 bytes') }),
  )
})

it('refuses to send what the other end would refuse', () => {
  const piece = Buffer.alloc(64 << 20)
  expect(() => toFrame(piece, piece, piece, piece, piece)).toThrow(expect.objectContaining({ code: 'EC2_PROTOCOL' }))
})
