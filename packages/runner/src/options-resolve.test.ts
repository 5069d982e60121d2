import { expect, it } from 'vitest'
import type { Ec2Options } from './options.ts'
import { resolveOptions } from './options-resolve.ts'

const resolve = (allow: unknown) => resolveOptions({ iam: { allow } } as Ec2Options, { env: {} }).iam.allow

it('takes what the role of hosts may do besides', () => {
  const allow = [{ actions: ['ses:SendEmail'], resources: ['*'] }]
  expect(resolve(allow)).toEqual(allow)
  expect(resolve(undefined)).toEqual([])
})

it.each([
  ['no list', { actions: ['s3:GetObject'], resources: ['*'] }],
  ['no resources', [{ actions: ['s3:GetObject'], resources: [] }]],
  ['one action as a text', [{ actions: 's3:GetObject', resources: ['*'] }]],
  ["IAM's own spelling", [{ Action: ['s3:GetObject'], Resource: ['*'] }]],
  ['more than it knows', [{ actions: ['s3:GetObject'], resources: ['*'], effect: 'Deny' }]],
])('refuses %s', (_what, allow) => {
  expect(() => resolve(allow)).toThrow(/^Expected the `iam\.allow` option to be an array of \{ actions: /)
})
