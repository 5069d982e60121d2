/** Turns a kernel `[outputs, inputs, height, width]` by 180 degrees and swaps inputs and outputs: what carries gradients back. */
export function flipped(
  weight: Float32Array,
  [outputs, inputs, height, width]: readonly [number, number, number, number],
): Float32Array {
  const area = height * width
  const kernel = new Float32Array(weight.length)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < area; k++) {
        kernel[(i * outputs + o) * area + area - 1 - k] = weight[(o * inputs + i) * area + k]!
      }
    }
  }
  return kernel
}
