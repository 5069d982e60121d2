/** A seeded stream of numbers: the same seed gives the same pictures. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Normal with mean 0 and deviation 1. */
  normal(): number
  /** A whole number in [low, high]. */
  integer(low: number, high: number): number
  /** The position in the stream, to continue from later. */
  readonly state: number
}

/**
 * Creates a random stream (mulberry32).
 *
 * @param seed A whole number, or the `state` of an earlier stream
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
    get state() {
      return state
    },
  }
}
