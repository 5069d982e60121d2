import { Ec2Error } from '../errors.ts'

export interface LifetimeOptions {
  maxAgeMs: number
  /** US dollars */
  budget: number | undefined
  spentUsd: number
  usdPerHour: number | undefined
}

/** Less than this is not worth a launch. */
const MIN_MS = 5 * 60_000

/**
 * How long (ms) a new host may live: the maximum age, or less where the rest of the budget does not pay for more. The
 * host's own clock and the schedule outside it then keep to the budget, whatever becomes of this process.
 * @throws Ec2Error `EC2_BUDGET` when the rest pays for less than five minutes
 */
export function lifetime({ maxAgeMs, budget, spentUsd, usdPerHour }: LifetimeOptions): number {
  if (budget === undefined) return maxAgeMs
  if (usdPerHour === undefined) {
    throw new Ec2Error('EC2_BUDGET', 'There is a budget, but the price of the instance type could not be found', {
      fix: 'Allow `pricing:GetProducts`, name other types, or leave `budget` out.',
    })
  }
  const paidMs = (Math.max(0, budget - spentUsd) / usdPerHour) * 3_600_000
  if (paidMs < Math.min(MIN_MS, maxAgeMs)) {
    throw new Ec2Error(
      'EC2_BUDGET',
      `The budget is $${budget}, $${spentUsd.toFixed(2)} of it is spent: too little for a host of $${usdPerHour.toFixed(3)} an hour`,
      {
        fix: 'Raise `budget` (or VITEST_EC2_BUDGET), or choose a cheaper type.',
        data: { budget, spentUsd, usdPerHour },
      },
    )
  }
  return Math.min(maxAgeMs, Math.floor(paidMs))
}
