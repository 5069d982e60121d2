import { expect, it } from 'vitest'
import { marketsOf, quotaError, quotaOf } from './quotas.ts'

it.each([
  ['g4dn.xlarge', 'on-demand', 'L-DB2E81BA'],
  ['g6e.xlarge', 'spot', 'L-3819A6DF'],
  ['gr6.4xlarge', 'on-demand', 'L-DB2E81BA'],
  ['p5.4xlarge', 'on-demand', 'L-417A185B'],
  ['p4d.24xlarge', 'spot', 'L-7212CCBC'],
  ['m7i.xlarge', 'on-demand', 'L-1216C47A'],
  ['c7i.xlarge', 'spot', 'L-34B43A08'],
  ['inf2.xlarge', 'spot', undefined],
] as const)('counts %s %s by %s', (type, market, code) => {
  expect(quotaOf(type, market)?.code).toBe(code)
})

it('tries spot before on demand unless told otherwise', () => {
  expect(marketsOf({})).toEqual(['spot', 'on-demand'])
  expect(marketsOf({ market: 'spot' })).toEqual(['spot'])
  expect(marketsOf({ market: 'on-demand' })).toEqual(['on-demand'])
})

it('asks for what runs now and the new host together', () => {
  const lacking = [
    { type: 'g4dn.2xlarge', code: 'L-DB2E81BA', family: 'G and VT', market: 'on-demand', value: 4, needed: 8 },
  ] as const
  expect(quotaError(lacking, 'eu-west-1').fix).toContain(
    'aws service-quotas request-service-quota-increase --region eu-west-1 --service-code ec2 --quota-code L-DB2E81BA --desired-value 12',
  )
})
