/** A field of a protobuf message: numbers for variable-length integers, bytes for all that is longer. */
export interface Field {
  readonly number: number
  readonly value: number | Uint8Array
}

/**
 * Reads the fields of a protobuf message without knowing its schema.
 *
 * @yields them in the order of the message
 */
export function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0
  while (at < message.length) {
    const [tag, start] = readVarint(message, at)
    const number = Math.floor(tag / 8)
    if (tag % 8 === 0) {
      const [value, end] = readVarint(message, start)
      yield { number, value }
      at = end
    } else {
      const [length, from] = tag % 8 === 2 ? readVarint(message, start) : [tag % 8 === 1 ? 8 : 4, start]
      yield { number, value: message.subarray(from, from + length) }
      at = from + length
    }
  }
}

/** Reads packed variable-length integers. */
export function readPacked(bytes: Uint8Array): number[] {
  const values: number[] = []
  for (let at = 0; at < bytes.length;) {
    const [value, end] = readVarint(bytes, at)
    values.push(value)
    at = end
  }
  return values
}

/** Reads a 32-bit float. */
export function readFloat(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)
}

function readVarint(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++]
    if (byte === undefined) throw new Error('The protobuf message ends in the middle of a number')
    value += (byte & 127) * factor
    if (byte < 128) return [value, at]
  }
}
