import { Ec2Error } from '../errors.ts'

export interface LifetimeOptions {
  maxAgeMs: number
  /** US dollars */
  budget: number | undefined
  /** US dollars spent, and promised to hosts that run: what they cost until they must end */
  spentUsd: number
  /** hosts that are to share what is left, this one included */
  hosts: number
  /** US dollars of the dearest that may be launched */
  usdPerHour: number | undefined
}

/** Less than this is not worth a launch. */
const MIN_MS = 5 * 60_000

/**
 * How long (ms) a new host may live: the maximum age, or less where the rest of the budget does not pay for more. The
 * host's own clock and the schedule outside it then keep to the budget, whatever becomes of this process.
 * @throws Ec2Error `EC2_BUDGET` when the rest pays for less than five minutes
 */
export function lifetime({ maxAgeMs, budget, spentUsd, hosts, usdPerHour }: LifetimeOptions): number {
  if (budget === undefined) return maxAgeMs
  if (usdPerHour === undefined) {
    throw new Ec2Error('EC2_BUDGET', 'There is a budget, but the price of the instance type could not be found', {
      fix: 'Allow `pricing:GetProducts`, name other types, or leave `budget` out.',
    })
  }
  const share = Math.max(0, budget - spentUsd) / Math.max(1, hosts)
  const paidMs = (share / usdPerHour) * 3_600_000
  if (paidMs < Math.min(MIN_MS, maxAgeMs)) {
    throw new Ec2Error(
      'EC2_BUDGET',
      `The budget is $${budget}, $${spentUsd.toFixed(2)} of it is spent or promised: too little for ${hosts === 1 ? 'a host' : `${hosts} hosts`} at up to $${usdPerHour.toFixed(3)} an hour`,
      {
        fix: 'Raise `budget` (or VITEST_EC2_BUDGET), or choose cheaper types.',
        data: { budget, spentUsd, usdPerHour },
      },
    )
  }
  return Math.min(maxAgeMs, Math.floor(paidMs))
}
