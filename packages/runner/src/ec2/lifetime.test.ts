import { expect, it } from 'vitest'
import { lifetime } from './lifetime.ts'

const HOUR = 3_600_000

it('is the maximum age without a budget', () => {
  expect(lifetime({ maxAgeMs: 4 * HOUR, budget: undefined, spentUsd: 9, hosts: 1, usdPerHour: undefined })).toBe(
    4 * HOUR,
  )
})

it('is what the rest of the budget pays for', () => {
  expect(lifetime({ maxAgeMs: 4 * HOUR, budget: 3, spentUsd: 1, hosts: 1, usdPerHour: 2 })).toBe(HOUR)
  expect(lifetime({ maxAgeMs: 4 * HOUR, budget: 100, spentUsd: 1, hosts: 1, usdPerHour: 2 })).toBe(4 * HOUR)
})

it('shares what is left among the hosts that may come', () => {
  expect(lifetime({ maxAgeMs: 4 * HOUR, budget: 7, spentUsd: 1, hosts: 3, usdPerHour: 2 })).toBe(HOUR)
})

it('refuses what is hardly paid for, or has no price', () => {
  const options = { maxAgeMs: 4 * HOUR, budget: 1, spentUsd: 0.9, hosts: 1, usdPerHour: 2 }
  expect(() => lifetime(options)).toThrow(
    'The budget is $1, $0.90 of it is spent or promised: too little for a host at up to $2.000 an hour',
  )
  expect(() => lifetime({ ...options, usdPerHour: undefined })).toThrow(
    'the price of the instance type could not be found',
  )
})
