import { expect, it } from 'vitest'
import { findMissed } from './package-hook.ts'

const PARENT = 'file:///proj/src/a.ts'

it.each([
  ['left-pad', PARENT, { name: 'left-pad', from: '/proj/src' }],
  ['@scope/name/sub/file.js', PARENT, { name: '@scope/name', from: '/proj/src' }],
  ['left-pad', '/proj/src/a.cjs', { name: 'left-pad', from: '/proj/src' }],
  ['file:///proj/node_modules/x/index.js?v=1', PARENT, { name: 'x', from: '/proj' }],
  ['/proj/node_modules/x/node_modules/@s/y/lib/a.js', PARENT, { name: '@s/y', from: '/proj/node_modules/x' }],
  ['./chunk.js', 'file:///proj/node_modules/x/dist/a.js', { name: 'x', from: '/proj' }],
])('names the package of %s', (specifier, parent, missed) => {
  expect(findMissed(specifier, parent)).toEqual(missed)
})

it.each([
  ['./nothing.ts', PARENT],
  ['file:///proj/src/nothing.ts', PARENT],
  ['node:nothing', PARENT],
  ['#inner', PARENT],
  ['left-pad', undefined],
  ['https://example.org/x.js', PARENT],
  ['../../..', PARENT],
])('names none of %s', (specifier, parent) => {
  expect(findMissed(specifier, parent)).toBeUndefined()
})
