import { appendFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJournal, openLaunches } from './journal.ts'

const launch = {
  event: 'launch',
  account: '1',
  region: 'r',
  run: 'x',
  machine: 'm',
  process: '1/',
  kind: 'default',
  expiresAt: 1,
} as const
const ended = { event: 'ended', instance: 'i-1', reason: 'done', seconds: 1, usd: 0.1 } as const

it('tells which launches may still run', () => {
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'vitest-ec2-journal-')))
  for (const token of ['ended', 'refused', 'running']) journal.write({ ...launch, token })
  journal.write({ ...ended, token: 'ended' })
  journal.write({ event: 'refused', token: 'refused' })
  expect(openLaunches(journal.read()).map(({ token }) => token)).toEqual(['running'])
})

it('reads on past a line that a crash cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-ec2-journal-'))
  const journal = openJournal(folder)
  journal.write({ ...launch, token: 'first' })
  appendFileSync(join(folder, 'launches.jsonl'), '{"event":"laun\n')
  journal.write({ ...launch, token: 'second' })
  expect(openLaunches(journal.read()).map(({ token }) => token)).toEqual(['first', 'second'])
})

it('is empty before the first launch', () => {
  expect(openJournal('/nonexistent').read()).toEqual([])
})
