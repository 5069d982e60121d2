import { expect, it } from 'vitest'
import { findAllowed } from './caller-address.ts'

it('takes addresses and ranges that are named', async () => {
  expect(await findAllowed(['203.0.113.7', '198.51.100.0/24', '2001:db8::1'], {})).toEqual([
    '203.0.113.7/32',
    '198.51.100.0/24',
    '2001:db8::1/128',
  ])
})

it('lets the variable win over the option', async () => {
  expect(await findAllowed(['203.0.113.7'], { VITEST_EC2_ALLOW_FROM: '192.0.2.1, 192.0.2.2/31' })).toEqual([
    '192.0.2.1/32',
    '192.0.2.2/31',
  ])
})

it('refuses what is no address', async () => {
  await expect(findAllowed(['everywhere'], {})).rejects.toThrow(
    'Expected an address or range such as `203.0.113.7/32`, got `everywhere`',
  )
})
