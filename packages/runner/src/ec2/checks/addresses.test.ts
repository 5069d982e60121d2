import { expect, it } from 'vitest'
import { explainAddresses } from './addresses.ts'

const here = { hasOnlyIpv6: false }

it('has nothing to say where SSH is let in from all that hosts see', () => {
  const seen = ['203.0.113.7/32', '203.0.113.8/32', '203.0.113.7/32']
  expect(explainAddresses({ ...here, seen: ['203.0.113.7/32'], allowed: ['203.0.113.7/32'] })).toBeUndefined()
  expect(explainAddresses({ ...here, seen, allowed: ['2001:db8::/32', '203.0.113.0/24'] })).toBeUndefined()
  expect(explainAddresses({ ...here, seen: [], allowed: ['203.0.113.7/32'] })).toBeUndefined()
})

it('tells of a gateway that uses several addresses', () => {
  const seen = ['203.0.113.8/32', '203.0.113.7/32', '203.0.113.8/32']
  expect(explainAddresses({ ...here, seen, allowed: ['203.0.113.7/32'] })).toMatchObject({
    status: 'warning',
    detail:
      'the world sees this machine under 2 addresses (203.0.113.7/32, 203.0.113.8/32), and SSH is not let in from 203.0.113.8/32',
    fix: expect.stringContaining("allowFrom: ['203.0.113.7/32', '203.0.113.8/32']"),
  })
})

it('tells that IPv6 addresses let nobody in, as hosts are reached by IPv4', () => {
  expect(explainAddresses({ ...here, seen: ['203.0.113.7/32'], allowed: ['2001:db8::7/128'] })).toMatchObject({
    detail:
      'hosts see this machine under 203.0.113.7/32, and SSH is let in from 2001:db8::7/128: that is IPv6, and hosts are reached by IPv4',
    fix: expect.stringContaining("allowFrom: ['2001:db8::7/128', '203.0.113.7/32']"),
  })
  expect(explainAddresses({ seen: [], allowed: ['203.0.113.7/32'], hasOnlyIpv6: true })).toMatchObject({
    detail: expect.stringContaining('IPv6 addresses only'),
    fix: expect.stringContaining('endpoint'),
  })
})

it('tells of a named range in which this machine is not', () => {
  expect(explainAddresses({ ...here, seen: ['203.0.113.7/32'], allowed: ['198.51.100.0/24'] })).toMatchObject({
    detail: 'hosts see this machine under 203.0.113.7/32, and SSH is let in from 198.51.100.0/24',
  })
})
