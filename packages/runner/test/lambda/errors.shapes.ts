import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { local } from 'vitest-pool-ec2/remote'
import { explode } from './dependency.ts'

const host = local()
afterAll(() => host.close())

describe('errors', () => {
  const fail = (): Promise<never> =>
    host.run(() => {
      const one: number = 1
      throw Object.assign(new RangeError(`bad ${one as number}`), { code: 'E_ONE' })
    })
  test('point to the line, and keep class and code', async () => {
    const error = await fail().catch((thrown: Error) => thrown)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'bad 1', code: 'E_ONE' })
    expect(error.stack).toMatch(/errors\.shapes\.ts:\d+:\d+/)
    const [, line] = /errors\.shapes\.ts:(\d+)/.exec(error.stack!)!
    expect(readFileSync(import.meta.filename, 'utf8').split('\n')[Number(line) - 1]).toContain('throw Object.assign')
  })
  test('of a dependency point into it', async () => {
    const error = await host.run(() => [1].map(() => explode())).catch((thrown: Error) => thrown)
    expect((error as Error).stack).toMatch(/dependency\.ts:18:9[^]*errors\.shapes\.ts/)
  })
})
