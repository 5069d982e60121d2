/** A tensor of a safetensors file. */
export interface Tensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** Where a tensor's bytes lie, counted from the end of the header. */
export interface TensorPlace extends Omit<Tensor, 'bytes'> {
  readonly from: number
  readonly to: number
}

/**
 * Reads a safetensors file: 8 bytes of length, a JSON header, then the values.
 *
 * @throws when the file is cut short
 */
export function readSafetensors(file: Uint8Array): Map<string, Tensor> {
  const start = 8 + readHeaderLength(file)
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, from, to }] of readHeader(file.subarray(8, start))) {
    if (start + to > file.length) throw new Error(`The safetensors file ends before its tensor ${name}`)
    tensors.set(name, { dtype, shape, bytes: Uint8Array.from(file.subarray(start + from, start + to)) })
  }
  return tensors
}

/**
 * The length of the header in bytes, from the first 8 of the file.
 *
 * @throws when it is longer than the format allows: the file is something else
 */
export function readHeaderLength(file: Uint8Array): number {
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true))
  if (length > MOST_HEADER) throw new Error('It is no safetensors file')
  return length
}

/** Reads a header, without the 8 bytes before it. */
export function readHeader(header: Uint8Array): Map<string, TensorPlace> {
  const entries = Object.entries(JSON.parse(new TextDecoder().decode(header)) as Record<string, Entry>)
  const tensors = entries.filter(([name]) => name !== '__metadata__')
  return new Map(
    tensors.map(([name, { dtype, shape, data_offsets }]) => {
      const [from, to] = data_offsets
      return [name, { dtype, shape, from, to }]
    }),
  )
}

/** The values of a tensor as 32-bit floats. */
export function toFloats({ dtype, bytes }: Tensor): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer)
    case 'I8':
      return Float32Array.from(new Int8Array(bytes.buffer))
    default:
      throw new Error(`Tensors of type ${dtype} are not supported, only F32 and I8`)
  }
}

interface Entry {
  readonly dtype: string
  readonly shape: number[]
  readonly data_offsets: [number, number]
}

const MOST_HEADER = 100e6
