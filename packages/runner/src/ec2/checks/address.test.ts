import { expect, it } from 'vitest'
import { explainSeveral } from './address.ts'

it('tells of a gateway that uses several addresses, and of no other', () => {
  expect(explainSeveral(['203.0.113.7/32', '203.0.113.7/32'])).toBeUndefined()
  expect(explainSeveral(['203.0.113.8/32', '203.0.113.7/32', '203.0.113.8/32'])).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('under 2 addresses (203.0.113.7/32, 203.0.113.8/32)'),
    fix: expect.stringContaining("allowFrom: ['203.0.113.7/32', '203.0.113.8/32']"),
  })
})
