import { expect, test } from 'vitest'
import { recolored } from './colors.ts'
import { noise } from './noise.ts'
import { toPicture } from './picture.ts'
import { plasma } from './plasma.ts'
import { stereogram } from './stereogram.ts'
import { symmetrized } from './symmetry.ts'

const size = { width: 24, height: 24 }

test('a kaleidoscope shows the same from each of its eight sides, and changes nothing twice', () => {
  const once = symmetrized(noise(size))
  const at = (x: number, y: number) => once.data[(y * 24 + x) * 3]!
  for (const [x, y] of [
    [3, 7],
    [11, 2],
  ] as const) {
    const copies = [at(x, y), at(23 - x, y), at(x, 23 - y), at(y, x), at(23 - y, 23 - x)]
    for (const copy of copies) expect(copy).toBeCloseTo(copies[0]!, 3)
  }
  const twice = symmetrized(once)
  for (const [i, value] of twice.data.entries()) expect(Math.abs(value - once.data[i]!)).toBeLessThan(1e-3)
})

test('a picture that is not square is no kaleidoscope', () => {
  expect(() => symmetrized(noise({ width: 10, height: 12 }))).toThrow('needs a square picture, got 10 x 12')
})

test('a recoloured picture has the mean and the covariances of the other', () => {
  const like = plasma({ width: 64, height: 64 }, { seed: 2, amplitude: 15, mean: [120, 100, 140] })
  const picture = recolored(plasma({ width: 64, height: 64 }, { seed: 5, amplitude: 20 }), like)
  const [ours, theirs] = [statistics(picture.data), statistics(like.data)]
  for (const [i, value] of ours.entries())
    expect(Math.abs(value - theirs[i]!)).toBeLessThan(0.03 * Math.abs(theirs[i]!) + 1)
})

test('a grey picture can be recoloured, and to grey', () => {
  const grey = toPicture(new Float32Array(24 * 24 * 3).fill(90), size)
  for (const value of recolored(grey, noise(size)).data) expect(Number.isFinite(value)).toBe(true)
  for (const value of recolored(noise(size), grey).data) expect(Math.abs(value - 90)).toBeLessThan(2)
})

test('a flat stereogram repeats its pattern, and what is nearer repeats sooner', () => {
  const pattern = noise({ width: 20, height: 8 })
  const flat = stereogram(pattern, { width: 100, height: 8 }, () => 0)
  const near = stereogram(pattern, { width: 100, height: 8 }, () => 1, { depth: 0.25 })
  for (let x = 20; x < 100; x++) {
    expect(flat.data[x * 3]).toBe(flat.data[(x - 20) * 3])
    expect(near.data[x * 3]).toBe(near.data[(x - 15) * 3])
  }
})

function statistics(data: Float32Array): number[] {
  const mean = [0, 1, 2].map(
    (c) => data.reduce((sum, value, i) => (i % 3 === c ? sum + value : sum), 0) / (data.length / 3),
  )
  const covariances = [0, 1, 2].flatMap((a) =>
    [0, 1, 2].map((b) => {
      let sum = 0
      for (let i = 0; i < data.length; i += 3) sum += (data[i + a]! - mean[a]!) * (data[i + b]! - mean[b]!)
      return sum / (data.length / 3)
    }),
  )
  return [...mean, ...covariances]
}
