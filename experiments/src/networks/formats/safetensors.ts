/** A tensor of a safetensors file. */
export interface Tensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/**
 * Reads a safetensors file: 8 bytes of length, a JSON header, then the values.
 *
 * @throws when the file is cut short
 */
export function readSafetensors(file: Uint8Array): Map<string, Tensor> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const start = 8 + Number(view.getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<string, Entry>
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__')
  return new Map(
    tensors.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        if (start + to > file.length) throw new Error(`The safetensors file ends before its tensor ${name}`)
        return [name, { dtype, shape, bytes: Uint8Array.from(file.subarray(start + from, start + to)) }]
      },
    ),
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
