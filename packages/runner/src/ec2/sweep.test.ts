import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { leftoverReason } from './sweep.ts'
import { TAG, toTags } from './tags.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const dead = `${spawnSync('true').pid}/`

it('ends what is past its time, whosever it is', () => {
  expect(reason({ expiresAt: '2026-01-01T11:59:59Z', machine: 'other' })).toContain('it was to end at')
})

it('ends what a dead process of this machine left', () => {
  expect(reason({ machine: 'mine', process: dead })).toContain('is dead')
})

it.each([
  ['of another machine', { machine: 'other', process: dead }],
  ['of a process that lives', { machine: 'mine', process: `${process.pid}/` }],
  ['that is warm', { machine: 'mine', process: dead, state: 'warm' }],
  ['without our tags', {}],
])('leaves an instance %s alone', (_, tags) => {
  expect(reason(tags)).toBeUndefined()
})

function reason(tags: Partial<Record<keyof typeof TAG, string>>): string | undefined {
  const all = Object.entries(tags).map(([name, value]) => [TAG[name as keyof typeof TAG], value])
  return leftoverReason({ Tags: toTags(Object.fromEntries(all)) }, 'mine', now)
}
