import { beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engines/engine.ts'
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import type { Network } from '../networks/network.ts'
import { loadNetwork } from '../networks/registry.ts'
import { readPicture } from '../pictures/files.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture } from '../pictures/picture.ts'
import { plasma } from '../pictures/plasma.ts'
import { dream } from './dream.ts'
import type { DreamState } from './dream.ts'
import type { EnlargingState } from './enlarging.ts'
import { kaleidoscope } from './kaleidoscope.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'
import { styleTransfer } from './style-transfer.ts'
import { textureSynthesis } from './texture-synthesis.ts'
import { startClock } from './time-limit.ts'

let engine: Engine
let network: Network
let photograph: Picture
let painting: Picture
beforeAll(async () => {
  engine = await createOnnxEngine({ threads: 1 })
  network = await loadNetwork('default')
  photograph = await readPicture(new URL('../../pictures/cat.jpg', import.meta.url), { size: 72 })
  painting = await readPicture(new URL('../../pictures/starry-night.jpg', import.meta.url), { size: 80 })
})

interface Common {
  seed?: number
  minutes?: number
}
type Recipe = (options: Omit<RecipeOptions<never>, 'engine'>, common?: Common) => AsyncGenerator<RecipeStep<unknown>>
const recipes: Record<string, Recipe> = {
  'a dream': (options, common) => {
    const params = { photograph, octaves: 2, steps: 4, ...common }
    return dream(network, params, { engine, ...options } as RecipeOptions<DreamState>)
  },
  'a style transfer': (options, common) => {
    const params = { photograph, painting, steps: 6, start: 'noise', ...common } as const
    return styleTransfer(network, params, { engine, ...options } as RecipeOptions<EnlargingState>)
  },
  'a kaleidoscope': (options, common) => {
    const params = { painting, side: 64, steps: 8, ...common }
    return kaleidoscope(network, params, { engine, ...options } as RecipeOptions<EnlargingState>)
  },
  'a texture': (options, common) => {
    const params = { sample: painting, scales: 2, steps: 6, ...common }
    return textureSynthesis(network, params, { engine, ...options } as RecipeOptions<EnlargingState>)
  },
}

describe.for(Object.entries(recipes))('%s', { timeout: 120_000 }, ([, recipe]) => {
  test('is the same picture again with the same seed, and another with another', async () => {
    const [once, again, other] = [await last(recipe({})), await last(recipe({})), await last(recipe({}, { seed: 2 }))]
    expect(distance(again.pixels, once.pixels)).toBe(SAME)
    expect(distance(other.pixels, once.pixels)).toBeGreaterThan(1)
  })

  test('cut off after any step and resumed, ends with the same picture', async () => {
    const steps = await Array.fromAsync(recipe({}))
    for (const at of [1, Math.floor(steps.length / 2) - 1, Math.floor(steps.length / 2)]) {
      const resume = structuredClone(steps[at]!.state) as never
      const rest = await Array.fromAsync(recipe({ resume }))
      expect(rest[0]!.step).toBe(steps[at]!.step + 1)
      expect(distance(rest.at(-1)!.pixels, steps.at(-1)!.pixels)).toBe(SAME)
    }
  })

  test('that has time enough ends with the same picture; with hardly any it still takes a step at every size', async () => {
    const [whole, timely] = [await Array.fromAsync(recipe({})), await Array.fromAsync(recipe({}, { minutes: 60 }))]
    expect(distance(timely.at(-1)!.pixels, whole.at(-1)!.pixels)).toBe(SAME)
    expect(timely.some(({ isOutOfTime }) => isOutOfTime)).toBe(false)
    const hasty = await Array.fromAsync(recipe({}, { minutes: 1e-9 }))
    expect(hasty.map(({ width }) => width)).toEqual([...new Set(whole.map(({ width }) => width))])
    expect(hasty.every(({ isOutOfTime }) => isOutOfTime)).toBe(true)
    expect(distance(hasty[0]!.pixels, whole[0]!.pixels)).toBe(SAME)
  })

  test('that is resumed has spent the time of before', async () => {
    const whole = await Array.fromAsync(recipe({}))
    const { state, width } = whole[1]!
    const spent = { ...structuredClone(state as object), spentMs: 3_600_000 } as never
    const rest = await Array.fromAsync(recipe({ resume: spent }, { minutes: 10 }))
    const later = [...new Set(whole.map((step) => step.width))].filter((one) => one > width)
    expect(rest.map((step) => step.width)).toEqual(later)
    const patient = await Array.fromAsync(recipe({ resume: spent }, { minutes: 600 }))
    expect(distance(patient.at(-1)!.pixels, whole.at(-1)!.pixels)).toBe(SAME)
  })

  test('gets somewhere: its last loss is well below its first', async () => {
    const steps = await Array.fromAsync(recipe({}))
    const fallen = steps[0]!.loss - steps.at(-1)!.loss
    expect(fallen).toBeGreaterThan(0.3 * Math.abs(steps[0]!.loss))
  })
})

test('a limit of time that is none is refused', () => {
  expect(() => startClock(-1, [photograph])).toThrow('must be a number of minutes, 0 for none, got -1')
  expect(() => startClock(Number.NaN, [photograph])).toThrow('got NaN')
})

test('a seamless texture steps over its edges as it steps inside', { timeout: 120_000 }, async () => {
  const params = { sample: painting, scales: 2, steps: 40 }
  const { pixels } = await last(textureSynthesis(network, params, { engine }))
  const { width, height, data } = pixels
  const column = (x: number) => Array.from({ length: height }, (_, y) => y * width + x)
  const row = (y: number) => Array.from({ length: width }, (_, x) => y * width + x)
  for (const [line, count] of [
    [column, width],
    [row, height],
  ] as const) {
    const step = (a: number, b: number) => lineDistance(data, line(a), line(b))
    const inside = Array.from({ length: count - 1 }, (_, i) => step(i, i + 1)).toSorted((a, b) => a - b)
    expect(step(count - 1, 0)).toBeLessThanOrEqual(inside.at(-1)!)
    expect(step(count - 1, 0)).toBeLessThan(1.5 * inside[Math.floor(inside.length / 2)]!)
  }
})

test('a dream under a mask leaves the photograph as it is where the mask is black', async () => {
  const { width, height } = photograph
  const left = (i: number) => Math.floor(i / 3) % width < width / 2
  const mask = toPicture(
    photograph.data.map((_, i) => (left(i) ? 0 : 255)),
    { width, height },
  )
  const { pixels } = await last(dream(network, { photograph, mask, octaves: 1, steps: 4 }, { engine }))
  const change = pixels.data.map((value, i) => Math.abs(value - photograph.data[i]!))
  expect(Math.max(...change.filter((_, i) => left(i)))).toBeLessThan(1e-3)
  expect(Math.max(...change.filter((_, i) => !left(i)))).toBeGreaterThan(4)
})

test('two paintings under opposite masks are each the style of their side', { timeout: 120_000 }, async () => {
  const { width, height } = photograph
  const side = (white: (x: number) => boolean) =>
    toPicture(
      photograph.data.map((_, i) => (white(Math.floor(i / 3) % width) ? 255 : 0)),
      { width, height },
    )
  const clouds = (mean: [number, number, number]) => plasma({ width: 64, height: 64 }, { mean, amplitude: 30 })
  const [left, right] = [side((x) => x < width / 2), side((x) => x >= width / 2)]
  const paint = async (warm: Picture, cold: Picture) => {
    const sources = [
      { painting: clouds([200, 80, 40]), mask: warm },
      { painting: clouds([40, 80, 200]), mask: cold },
    ]
    return (
      await last(
        styleTransfer(
          network,
          { photograph, painting: sources, start: 'noise', contentWeight: 0.01, scales: 1, steps: 50 },
          { engine },
        ),
      )
    ).pixels
  }
  const [warmLeft, warmRight] = [await paint(left, right), await paint(right, left)]
  const redder = warmLeft.data.map((value, i) => (i % 3 === 0 ? value - warmRight.data[i]! : 0))
  const mean = (inside: (x: number) => boolean) => {
    const values = redder.filter((_, i) => i % 3 === 0 && inside(Math.floor(i / 3) % width))
    return values.reduce((sum, value) => sum + value, 0) / values.length
  }
  expect(mean((x) => x < width / 2)).toBeGreaterThan(20)
  expect(mean((x) => x >= width / 2)).toBeLessThan(-20)
})

/** The mean difference of the pixels at some places to those at others. */
function lineDistance(data: Float32Array, some: readonly number[], others: readonly number[]): number {
  const difference = (i: number, c: number) => Math.abs(data[some[i]! * 3 + c]! - data[others[i]! * 3 + c]!)
  return some.reduce((sum, _, i) => sum + difference(i, 0) + difference(i, 1) + difference(i, 2), 0) / some.length / 3
}

async function last<T>(steps: AsyncIterable<T>): Promise<T> {
  return (await Array.fromAsync(steps)).at(-1)!
}

/** The mean difference of a value, 0-255. */
function distance(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length
}

/** Not one bit of a byte. */
const SAME = 0
