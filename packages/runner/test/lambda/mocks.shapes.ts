import { local } from 'vitest-pool-ec2/remote'
import { expect, test, vi } from 'vitest'
import { message, twice } from './dependency.ts'

const { table } = vi.hoisted(() => ({ table: [1, 2].map((n) => n * 10) }))
vi.mock('./dependency.ts', () => ({
  message: ['mo', 'cked'].map((part) => part).join(''),
  twice: (n: number) => n * 200,
}))

test('mocks stay here; over there the module is the real one', async () => {
  await using host = local()
  expect([message, twice(1), table]).toEqual(['mocked', 200, [10, 20]])
  expect(await host.run(() => [message, twice(1)])).toEqual(['from the dependency', 2])
})
