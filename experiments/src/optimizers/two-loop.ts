/** What one step taught about the curvature. */
export interface Pair {
  /** how the canvas changed */
  readonly change: Float32Array
  /** how the gradient changed */
  readonly bend: Float32Array
  /** their product, positive */
  readonly curvature: number
}

/** The quasi-Newton direction downhill from remembered steps, oldest first (Nocedal 1980). */
export function twoLoop(gradient: Float32Array, pairs: readonly Pair[]): Float32Array {
  const direction = gradient.map((slope) => -slope)
  const shares: number[] = []
  for (const { change, bend, curvature } of pairs.toReversed()) {
    const share = dot(change, direction) / curvature
    shares.push(share)
    add(direction, bend, -share)
  }
  const { bend, curvature } = pairs.at(-1)!
  const scale = curvature / dot(bend, bend)
  for (let i = 0; i < direction.length; i++) direction[i] = direction[i]! * scale
  for (const pair of pairs) {
    add(direction, pair.change, shares.pop()! - dot(pair.bend, direction) / pair.curvature)
  }
  return direction
}

function add(target: Float32Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + factor * values[i]!
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
