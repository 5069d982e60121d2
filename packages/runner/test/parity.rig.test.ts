import { afterAll, beforeAll, expect, it } from 'vitest'
import { SETTINGS } from './parity/settings.ts'
import { TESTS } from './parity/tests.ts'
import { openOwnedHost, type OwnedHost } from './support/owned-host.ts'
import { runFeature } from './support/parity.ts'

let host: OwnedHost
beforeAll(async () => {
  host = await openOwnedHost()
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
})

it.each(Object.entries({ ...TESTS, ...SETTINGS }))('%s: the same on a host as here', async (_name, feature) => {
  const here = await runFeature(feature, 'forks', host)
  const there = await runFeature(feature, 'ec2', host)
  expect(there).toEqual(here)
})
