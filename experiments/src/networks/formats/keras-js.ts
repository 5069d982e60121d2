import { readFields, readFloat, readPacked } from './protobuf.ts'

/** A weight as keras-js stores it. */
export interface Weight {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Reads a keras-js model: a protobuf of tensors in 8 bits, value = q * (max - min) / 255 + min. Names lose their `:0`. */
export function readKerasJs(file: Uint8Array): Map<string, Weight> {
  const weights = new Map<string, Weight>()
  for (const { number, value } of readFields(file)) {
    if (number !== 6) continue
    const { name, ...weight } = readWeight(value as Uint8Array)
    weights.set(name, weight)
  }
  return weights
}

function readWeight(message: Uint8Array): Weight & { name: string } {
  const shape: number[] = []
  let name = ''
  let steps = new Uint8Array()
  let [min, max] = [0, 0]
  for (const { number, value } of readFields(message)) {
    if (typeof value === 'number') {
      if (number === 3) shape.push(value)
    } else if (number === 2) name = new TextDecoder().decode(value).replace(/:0$/, '')
    else if (number === 3) shape.push(...readPacked(value))
    else if (number === 5) steps = new Uint8Array(value)
    else if (number === 6) min = readFloat(value)
    else if (number === 7) max = readFloat(value)
  }
  const scale = (max - min) / 255
  return { name, shape, values: Float32Array.from(steps, (step) => step * scale + min) }
}
