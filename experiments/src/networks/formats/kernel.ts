/** Reorders a kernel from TensorFlow's `[height, width, inputs, outputs]` to `[outputs, inputs, height, width]`. */
export function fromHwio(values: Float32Array, shape: readonly number[]): Float32Array {
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  const area = height * width
  const kernel = new Float32Array(values.length)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < area; k++) kernel[(o * inputs + i) * area + k] = values[(k * inputs + i) * outputs + o]!
    }
  }
  return kernel
}
