/**
 * Places added at each edge: so many, or `'same'`: as few as make the output `size / stride` long, rounded up, and the odd one after the
 * end. That is TensorFlow's rule, so it depends on the size of the picture.
 */
export type Padding = number | 'same'

/** What windows move along. */
export interface Windows {
  readonly size: number
  readonly kernel: number
  readonly stride: number
}

/** The places added before the start and after the end. */
export function paddingOf(
  padding: Padding | undefined,
  { size, kernel, stride }: Windows,
): readonly [before: number, after: number] {
  if (padding !== 'same') return [padding ?? 0, padding ?? 0]
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}
