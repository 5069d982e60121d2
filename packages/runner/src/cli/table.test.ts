import { expect, it } from 'vitest'
import { toTable } from './table.ts'

it('aligns columns under their names', () => {
  expect(
    toTable([
      { what: 'role', name: 'a' },
      { what: 'key pair', name: 'b' },
    ]),
  ).toBe('what      name\nrole      a\nkey pair  b')
})
