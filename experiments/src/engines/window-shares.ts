import type { FeatureShape, Pooling } from '../networks/network.ts'
import { paddingOf } from '../networks/padding.ts'

/** Whether a pooling has places added at an edge of `input`. */
export function isPadded(layer: Pooling, input: Omit<FeatureShape, 'channels'>): boolean {
  const windows = { kernel: layer.size, stride: layer.stride }
  return [input.height, input.width].some((size) =>
    paddingOf(layer.padding, { size, ...windows }).some((count) => count > 0),
  )
}

/** One over the number of true places in each window, `[height, width]` of the output: added places do not count in an average. */
export function windowShares(layer: Pooling, input: Omit<FeatureShape, 'channels'>): Float32Array {
  const [rows, columns] = [input.height, input.width].map((size) => countsAlong(layer, size)) as [number[], number[]]
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => 1 / (row * column))))
}

function countsAlong({ size: kernel, stride, padding }: Pooling, size: number): number[] {
  const [before, after] = paddingOf(padding, { size, kernel, stride })
  const outputs = Math.floor((before + size + after - kernel) / stride) + 1
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - before
    return Math.min(start + kernel, size) - Math.max(start, 0)
  })
}
