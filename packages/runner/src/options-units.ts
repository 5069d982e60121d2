import type { Check } from './options-check.ts'

const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000 }
const BYTES = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }

/** Milliseconds of `90_000`, `'90s'`, `'1.5m'` or `'2h'`. */
export const duration: Check<number> = {
  expected: "a duration (milliseconds, or a string such as '90s', '10m' or '4h')",
  read(value) {
    if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
    const [, amount, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(value)) || []
    return amount && unit ? Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS] : undefined
  },
}

/** Bytes of `'500mb'` or `'1gb'` (decimal, as disks and S3 count). */
export const size: Check<number> = {
  expected: "a size such as '500mb' or '1gb'",
  read(value) {
    const [, amount, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?(b|kb|mb|gb|tb)$/i.exec(value)) || []
    return amount && unit ? Number(amount) * BYTES[unit.toLowerCase() as keyof typeof BYTES] : undefined
  },
}
