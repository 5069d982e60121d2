import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { JournalEntry } from '../ec2/journal.ts'
import { cost, costOf } from './cost.ts'

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
  expect(rows.some(({ isBound }) => isBound)).toBe(false)
  expect(costOf([launch('old', 1), launched('old', 1)], 2)).toEqual([])
})

it('counts the most that a host can have cost that ended when nobody looked', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'vitest-ec2-cost-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true }))
  const usual = { at: 0, instance: 'i-usual', reason: '', seconds: 100, usd: 0.01 } as const
  const entries = [
    launch('usual', 0),
    launched('usual', 0),
    { ...usual, event: 'ended', token: 'usual' },
    launch('lost', 0),
    launched('lost', 0),
    {
      ...usual,
      event: 'ended',
      token: 'lost',
      instance: 'i-lost',
      seconds: 3600,
      usd: 0.36,
      isLost: true,
      isBound: true,
    },
  ] satisfies JournalEntry[]
  writeFileSync(join(stateDir, 'launches.jsonl'), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  let text = ''
  await cost.run({ flags: {}, stateDir, print: (said: string) => void (text = said) } as never)
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/ i-usual .* 2m +\$ {2}0\.01 {2}x$/),
    expect.stringMatching(/ i-lost .* ≤1h 00m {2}≤\$ {2}0\.36 {2}x$/),
    'Together at most $0.37, by the prices at the launches. Those with ≤ ended by themselves, nobody knows when.',
  ])
})
