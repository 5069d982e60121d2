import type { TableValue } from '../../journal/schema.ts'
import { formatNumber } from '../format.ts'

/** As wide as a digit, and as a point, where digits have one width. */
const [DIGIT, POINT] = ['\u2007', '\u2008']
/** A column with more of them stays as it is: the room would be lost to nearly all of its rows. */
const MOST = 6

/** The most decimals that a number of a column has. */
export function mostDecimals(values: readonly TableValue[]): number {
  const most = Math.max(0, ...values.map((value) => (typeof value === 'number' ? decimalsOf(formatNumber(value)) : 0)))
  return most > MOST ? 0 : most
}

/** A number that ends where its column's numbers end, so that points stand below one another. */
export function alignedNumber(value: number, decimals: number): string {
  const text = formatNumber(value)
  if (!/\d$/.test(text) || text.includes('e')) return text
  const own = decimalsOf(text)
  if (own >= decimals) return text
  return `${text}${own === 0 ? POINT : ''}${DIGIT.repeat(decimals - own)}`
}

function decimalsOf(text: string): number {
  return text.includes('e') ? 0 : (/\.(\d+)$/.exec(text)?.[1]?.length ?? 0)
}
