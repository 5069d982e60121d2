import { expect, it } from 'vitest'
import type { JournalEntry } from '../ec2/journal.ts'
import { costOf } from './cost.ts'

const launch = (token: string, at: number): JournalEntry => ({
  event: 'launch',
  at,
  token,
  account: '1',
  region: 'r',
  run: 'x',
  machine: 'm',
  process: '1/',
  kind: 'default',
  expiresAt: 1,
})
const launched = (token: string, at: number): JournalEntry => ({
  event: 'launched',
  at,
  token,
  instance: `i-${token}`,
  type: 'g5.xlarge',
  zone: 'a',
  market: 'spot',
  usdPerHour: 0.36,
})

it('counts what ended, what runs, and nothing that was refused', () => {
  const now = Date.now()
  const rows = costOf(
    [
      launch('ended', now - 9000),
      launched('ended', now - 9000),
      { event: 'ended', at: now, token: 'ended', instance: 'i-ended', reason: '', seconds: 100, usd: 0.01 },
      launch('refused', now),
      { event: 'refused', at: now, token: 'refused' },
      launch('runs', now - 10_000),
      launched('runs', now - 10_000),
    ],
    0,
  )
  expect(rows.map(({ instance, usd, ended }) => [instance, usd?.toFixed(4), ended])).toEqual([
    ['i-ended', '0.0100', true],
    ['i-runs', '0.0010', false],
  ])
  expect(costOf([launch('old', 1), launched('old', 1)], 2)).toEqual([])
})
