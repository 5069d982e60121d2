/** `[channels, channels]`, 1 where two channels are at most `radius` apart: multiplied with it, channels are summed with their neighbours. */
export function neighbours(channels: number, radius: number): Float32Array {
  return Float32Array.from({ length: channels * channels }, (_, k) =>
    Math.abs(Math.floor(k / channels) - (k % channels)) <= radius ? 1 : 0,
  )
}
