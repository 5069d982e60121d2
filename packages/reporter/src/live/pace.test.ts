import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Pace } from './pace.ts'

it('reminds of each thing that was held back, also when it was made for somebody else meanwhile', async () => {
  const pace = new Pace()
  const reminded: number[] = []
  const make = async () => await sleep(20, 'made') // dear
  const take = (isDue: boolean, reminder: number) => pace.take('plot', isDue, make, () => void reminded.push(reminder))
  expect([await take(false, 0), await take(false, 0)]).toEqual(['made', 'made'])
  expect(await take(false, 1)).toBeUndefined()
  expect(await take(true, 0)).toBe('made')
  await expect.poll(() => reminded).toEqual([1])
  await take(true, 0)
  expect(await take(false, 2)).toBeUndefined()
  await expect.poll(() => reminded).toEqual([1, 2])
})
