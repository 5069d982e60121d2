const FEW_DECADES = 2

/**
 * Where a logarithmic axis is marked: at 1, 2 and 5 of each decade, of many decades at 1 alone; undefined where that says
 * too little of so short an axis.
 */
export function logTicks(values: readonly number[]): number[] | undefined {
  const positive = values.filter((value) => value > 0)
  const least = positive.reduce((a, b) => Math.min(a, b), Infinity)
  const most = positive.reduce((a, b) => Math.max(a, b), 0)
  const [first, last] = [Math.floor(Math.log10(least)), Math.floor(Math.log10(most))]
  if (!Number.isFinite(first) || !Number.isFinite(last)) return undefined
  const steps = Math.log10(most / least) > FEW_DECADES ? [1] : [1, 2, 5]
  const decades = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  // NOTE: read as it is written: 10 ** -1 * 5 is not 0.5 for every exponent.
  const ticks = decades.flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
  const inside = ticks.filter((tick) => tick >= least && tick <= most)
  return inside.length > 1 ? inside : undefined
}
