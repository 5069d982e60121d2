import { deserialize, serialize } from 'node:v8'
import { Ec2Error } from '../errors.ts'

/**
 * Values as structured clones, as between Vitest's own processes: maps, dates, errors, cycles and typed arrays survive.
 * @throws DataCloneError for functions, symbols and promises
 */
export function encode(value: unknown): Buffer {
  return serialize(value)
}

/** @throws Ec2Error `EC2_PROTOCOL` when the bytes are no value */
export function decode(bytes: Uint8Array): unknown {
  try {
    return deserialize(bytes)
  } catch (cause) {
    throw new Ec2Error('EC2_PROTOCOL', 'The other end sent a message that cannot be read', { cause })
  }
}
