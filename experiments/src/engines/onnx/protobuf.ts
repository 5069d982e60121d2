/**
 * Encodes protobuf messages: what ONNX needs of them, so no schema compiler and none of its 3 MB. A message is the concatenation of its
 * fields; a field is a tag (number * 8 + wire type) and a value.
 */
export type Message = Uint8Array

export function message(...fields: readonly (Uint8Array | readonly Uint8Array[])[]): Message {
  return Buffer.concat(fields.flat())
}

/** A whole number, wire type 0. Negative ones are taken modulo 2^64. */
export function integer(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)])
}

/** A 32-bit float, wire type 5. */
export function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([varint(field * 8 + 5), bytes])
}

/** Text, bytes or a message inside a message, wire type 2. */
export function bytes(field: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

function varint(value: number): Buffer {
  const groups: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    const more = rest > 127n
    groups.push(Number(rest & 127n) | (more ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(groups)
}
