import type { Size } from '../pictures/picture.ts'

/** The mean squared difference of neighbouring pixels, down plus across. */
export function totalVariationOf(canvas: Float32Array, size: Size): number {
  return along(canvas, size, 'down') + along(canvas, size, 'across')
}

/** Adds the gradient of `weight` times the total variation to `gradient`, in place. */
export function addTotalVariationGradient(
  gradient: Float32Array,
  canvas: Float32Array,
  size: Size,
  weight: number,
): void {
  for (const direction of ['down', 'across'] as const) {
    const factor = (2 * weight) / pairs(size, direction)
    visit(size, direction, (earlier, later) => {
      const pull = factor * (canvas[later]! - canvas[earlier]!)
      gradient[later]! += pull
      gradient[earlier]! -= pull
    })
  }
}

type Direction = 'down' | 'across'

function along(canvas: Float32Array, size: Size, direction: Direction): number {
  let squares = 0
  visit(size, direction, (earlier, later) => {
    squares += (canvas[later]! - canvas[earlier]!) ** 2
  })
  return squares / pairs(size, direction)
}

/** Calls back with the places of each two neighbouring values. */
function visit(
  { width, height }: Size,
  direction: Direction,
  callback: (earlier: number, later: number) => void,
): void {
  const row = width * 3
  const [step, length, rows] = direction === 'down' ? [row, row, height - 1] : [3, row - 3, height]
  for (let y = 0; y < rows; y++) {
    for (let at = y * row, end = at + length; at < end; at++) callback(at, at + step)
  }
}

function pairs({ width, height }: Size, direction: Direction): number {
  return Math.max(1, (direction === 'down' ? width * (height - 1) : (width - 1) * height) * 3)
}
