import { expect, it } from 'vitest'
import { createVariableHints } from './variable-hints.ts'

const env = { API_TOKEN: 'secret', OTHER: 'x', PATH: '/bin', TERM_PROGRAM: 'vscode', AWS_PROFILE: 'mine' }

it('names once what is set here and was not given, without its value', () => {
  const hints = createVariableHints('A test')
  for (const name of ['API_TOKEN', 'OTHER', 'API_TOKEN', 'NOWHERE']) hints.note(name, { OTHER: 'x' }, env)
  expect(hints.take()).toEqual([
    "A test read API_TOKEN, which is set here and does not travel: `env: ['API_TOKEN']` passes it to hosts",
  ])
  hints.note('API_TOKEN', {}, env)
  expect(hints.take()).toEqual([])
})

it('says nothing of what belongs to this machine, or to this session', () => {
  const hints = createVariableHints('A test')
  for (const name of ['PATH', 'TERM_PROGRAM', 'AWS_PROFILE']) hints.note(name, {}, env)
  expect(hints.take()).toEqual([])
})
