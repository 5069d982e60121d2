import type { Size } from '../pictures/picture.ts'

/** How long a recipe has worked, and whether the time for a size is up. */
export interface Clock {
  /** ms, over all runs that it was gone on with */
  spentMs(): number
  /** whether the time for a size, and for those before it, is up */
  isUp(scale: number): boolean
}

/**
 * Shares a limit of time among the sizes of a canvas by their pixels, so that a recipe that runs out of time at one size goes on at the
 * next, and ends with the whole picture, less worked on. Every size gets a step at least.
 *
 * @param minutes The most for all sizes; 0 for no limit
 * @param spentMs What earlier runs have spent
 * @throws when it is no limit
 */
export function startClock(minutes: number, sizes: readonly Size[], spentMs = 0): Clock {
  if (!(minutes >= 0)) throw new RangeError(`A limit of time must be a number of minutes, 0 for none, got ${minutes}`)
  const start = performance.now() - spentMs
  const pixels = sizes.map(({ width, height }) => width * height)
  const all = pixels.reduce((sum, count) => sum + count, 0)
  const upTo = (scale: number) => pixels.slice(0, scale + 1).reduce((sum, count) => sum + count, 0) / all
  const spent = () => performance.now() - start
  return { spentMs: spent, isUp: (scale) => minutes > 0 && spent() >= minutes * 60_000 * upTo(scale) }
}
