import { beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engines/engine.ts'
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import type { Network } from '../networks/network.ts'
import { loadNetwork } from '../networks/registry.ts'
import { readPicture } from '../pictures/files.ts'
import type { Picture } from '../pictures/picture.ts'
import { dream } from './dream.ts'
import type { DreamState } from './dream.ts'
import type { EnlargingState } from './enlarging.ts'
import type { RecipeOptions, RecipeStep } from './recipe.ts'
import { styleTransfer } from './style-transfer.ts'
import { textureSynthesis } from './texture-synthesis.ts'

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

type Recipe = (options: Omit<RecipeOptions<never>, 'engine'>, seed?: number) => AsyncGenerator<RecipeStep<unknown>>
const recipes: Record<string, Recipe> = {
  'a dream': (options, seed = 1) => {
    const params = { photograph, octaves: 2, steps: 4, seed }
    return dream(network, params, { engine, ...options } as RecipeOptions<DreamState>)
  },
  'a style transfer': (options, seed = 1) => {
    const params = { photograph, painting, steps: 6, start: 'noise', seed } as const
    return styleTransfer(network, params, { engine, ...options } as RecipeOptions<EnlargingState>)
  },
  'a texture': (options, seed = 1) => {
    const params = { sample: painting, scales: 2, steps: 6, seed }
    return textureSynthesis(network, params, { engine, ...options } as RecipeOptions<EnlargingState>)
  },
}

describe.for(Object.entries(recipes))('%s', { timeout: 120_000 }, ([, recipe]) => {
  test('is the same picture again with the same seed, and another with another', async () => {
    const [once, again, other] = [await last(recipe({})), await last(recipe({})), await last(recipe({}, 2))]
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

  test('gets somewhere: its last loss is well below its first', async () => {
    const steps = await Array.fromAsync(recipe({}))
    const fallen = steps[0]!.loss - steps.at(-1)!.loss
    expect(fallen).toBeGreaterThan(0.3 * Math.abs(steps[0]!.loss))
  })
})

test('a seamless texture steps over its edges as it steps inside', { timeout: 120_000 }, async () => {
  const params = { sample: painting, scales: 2, steps: 40 }
  const { pixels } = await last(textureSynthesis(network, params, { engine }))
  const { width, height, data } = pixels
  const step = (a: number, b: number) => {
    let sum = 0
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 3; c++) sum += Math.abs(data[(y * width + a) * 3 + c]! - data[(y * width + b) * 3 + c]!)
    }
    return sum / height / 3
  }
  const inside = Array.from({ length: width - 1 }, (_, x) => step(x, x + 1)).toSorted((a, b) => a - b)
  expect(step(width - 1, 0)).toBeLessThanOrEqual(inside.at(-1)!)
  expect(step(width - 1, 0)).toBeLessThan(1.5 * inside[Math.floor(inside.length / 2)]!)
})

async function last<T>(steps: AsyncIterable<T>): Promise<T> {
  return (await Array.fromAsync(steps)).at(-1)!
}

/** The mean difference of a value, 0-255. */
function distance(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length
}

/** Not one bit of a byte. */
const SAME = 0
