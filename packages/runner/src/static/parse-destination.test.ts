import { expect, it } from 'vitest'
import { parseDestination } from './parse-destination.ts'

it.each([
  ['ada@lab', { host: 'lab', port: 22, user: 'ada', alias: 'lab' }],
  ['ada@lab.example:2222', { host: 'lab.example', port: 2222, user: 'ada', alias: 'lab.example' }],
  ['lab', { host: 'lab', port: 22, user: '', alias: 'lab' }],
  ['ada@[2001:db8::7]:2200', { host: '2001:db8::7', port: 2200, user: 'ada' }],
])('reads %s', (text, address) => {
  expect(parseDestination(text)).toEqual(address)
})

it.each(['', 'a b', 'ada@', 'ada@lab:0', 'ada@lab:70000', 'ada@lab:ssh', 'a@b@c'])('refuses %j', (text) => {
  expect(() => parseDestination(text)).toThrow('Expected a host to be')
})
