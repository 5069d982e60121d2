import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Account } from './account.ts'
import { openJournal } from './journal.ts'
import { findOwner } from './owner.ts'
import { collectedRuns, findMirrored, findUncollected, noteCollected } from './uncollected-work.ts'

const ROOT = '/home/ada/art'
const [ACCOUNT, REGION] = ['1', 'us-east-1']
const DEAD = '4194304/gone'

it('is what dead runs of this workspace gave to hosts that they did not end, also to warm ones', () => {
  const { stateDir, account, launch, work, end } = openState()
  launch('first', 'i-1')
  work('first', 'i-1', { run: 'a' })
  work('first', 'i-1', { run: 'b' }) // the host of `a`, kept warm
  work('first', 'i-1', { run: 'b' }) // told again
  launch('second', 'i-2')
  work('second', 'i-2', { run: 'b', process: account.owner.process })
  work('second', 'i-2', { run: 'c', root: '/home/ada/other' })
  work('second', 'i-2', { run: 'd', machine: 'another' })
  launch('third', 'i-3')
  work('third', 'i-3', { run: 'e' })
  end('third', 'i-3')
  launch('fourth', 'i-4')
  work('fourth', 'i-4', { run: 'f' })
  end('fourth', 'i-4', { isLost: true })

  const find = () =>
    findUncollected(openJournal(stateDir).read(), account, ROOT).map(({ id, isGone }) => `${id} ${isGone}`)
  expect(find()).toEqual(['a-i-1 false', 'b-i-1 false', 'f-i-4 true'])
  noteCollected(stateDir, 'b-i-1')
  noteCollected(stateDir, 'unknown-i-1')
  expect(find()).toEqual(['a-i-1 false', 'f-i-4 true'])
  expect([...collectedRuns(openJournal(stateDir).read())]).toEqual(['b-i-1'])
})

it('knows what a run mirrored that was begun here', () => {
  const { stateDir, launch, work } = openState()
  launch('first', 'i-1')
  work('first', 'i-1', { run: 'a' })
  expect(findMirrored(stateDir, 'a-i-1')).toEqual({ root: ROOT, outputs: ['out'] })
  expect(findMirrored(stateDir, 'b-i-1')).toBeUndefined()
})

function openState() {
  const stateDir = mkdtempSync(join(tmpdir(), 'vitest-ec2-uncollected-'))
  const owner = findOwner(stateDir)
  const journal = openJournal(stateDir)
  return {
    stateDir,
    account: { id: ACCOUNT, region: REGION, owner } as Account,
    launch: (token: string, instance: string) => {
      const who = { machine: owner.machine, process: DEAD, account: ACCOUNT, region: REGION }
      journal.write({ event: 'launch', token, ...who, run: 'a', kind: 'default', expiresAt: 0 })
      journal.write({ event: 'launched', token, instance, type: 't', zone: 'z', market: 'spot', usdPerHour: 1 })
    },
    work: (
      token: string,
      instance: string,
      { run, root = ROOT, machine = owner.machine, process = DEAD }: Record<'run', string> & Record<string, string>,
    ) => {
      journal.write({ event: 'working', token, instance, run, machine, process, workspace: { root, outputs: ['out'] } })
    },
    end: (token: string, instance: string, how: { isLost?: boolean } = {}) => {
      journal.write({ event: 'ended', token, instance, reason: '', seconds: 1, usd: 1, ...how })
    },
  }
}
