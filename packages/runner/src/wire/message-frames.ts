import { Ec2Error } from '../errors.ts'
import { toFrame } from './frames.ts'

/**
 * A frame of a message stream is u8 kind, u48 number, payload.
 * `hello`: the first on every duplex; the highest number received so far. `data`, `end`: numbered 1, 2, 3… `ack`: received up to here.
 */
export const KIND = { hello: 0, data: 1, end: 2, ack: 3 } as const
const HEAD_BYTES = 7

export interface MessageFrame {
  kind: number
  number: number
  payload: Buffer
}

export function toMessageFrame(
  kind: number,
  number: number,
  payload: Uint8Array = Buffer.alloc(0),
): readonly Uint8Array[] {
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head.writeUInt8(kind)
  head.writeUIntBE(number, 1, 6)
  return toFrame(head, payload)
}

/** @throws Ec2Error `EC2_PROTOCOL` */
export function readMessageFrame(frame: Buffer): MessageFrame {
  if (frame.length < HEAD_BYTES) throw new Ec2Error('EC2_PROTOCOL', 'The other end sent a frame without a number')
  return { kind: frame.readUInt8(), number: frame.readUIntBE(1, 6), payload: frame.subarray(HEAD_BYTES) }
}
