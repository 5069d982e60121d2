import { expect, it } from 'vitest'
import type { JournalEntry } from '../ec2/journal.ts'
import { regionsElsewhere, tellElsewhere } from './elsewhere.ts'

const HOUR = 3_600_000
const launch = (token: string, region: string, more: object = {}): JournalEntry => ({
  event: 'launch',
  at: 1,
  token,
  account: '1',
  region,
  run: 'x',
  machine: 'm',
  process: '1/',
  kind: 'default',
  expiresAt: Date.now() + HOUR,
  ...more,
})

it('names regions where something of this account may run, and no others', () => {
  const entries = [
    launch('here', 'us-east-1'),
    launch('there', 'eu-west-1'),
    launch('over', 'eu-west-2'),
    { event: 'ended' as const, at: 2, token: 'over', instance: 'i-1', reason: '', seconds: 1, usd: 0 },
    launch('old', 'eu-west-3', { expiresAt: 1 }),
    launch('of another account', 'eu-north-1', { account: '2' }),
  ]
  const regions = regionsElsewhere(entries, { id: '1', region: 'us-east-1' })
  expect(regions).toEqual(['eu-west-1'])
  expect(tellElsewhere('down', regions)).toBe(
    'Hosts that were launched from here may run in eu-west-1: npx vitest-ec2 down --region eu-west-1',
  )
  expect(tellElsewhere('ls', [])).toBeUndefined()
})
