import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { loadNetwork } from '../networks/registry.ts'
import { style } from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import { assertFits, CanvasTooLargeError, neededMemory } from './memory.ts'

const PROGRAM = fileURLToPath(new URL('memory-main.ts', import.meta.url))
const network = await loadNetwork('default')
const objective = style(network.taste.style, noise({ width: 32, height: 32 }))
const engine = { memory: { features: 4, statistics: 2, weights: 3, base: 50e6 } }
const options = { engine, edges: 'mirror', bytesPerPixel: 360 } as const

test('a canvas that needs more than there is is refused before the start, with the largest size that fits', () => {
  const size = { width: 4000, height: 3000 }
  const asserting = () => assertFits(network, objective, size, { ...options, available: 4e9 })
  expect(asserting).toThrow(CanvasTooLargeError)
  expect(asserting).toThrow(
    /A canvas of 4000 x 3000 needs about \d+ GB; this machine has 4.0 GB left; the largest size that fits is \d+ x \d+/,
  )
})

test('the largest size that it names fits, and one pixel more does not', () => {
  let refused: unknown
  try {
    assertFits(network, objective, { width: 4000, height: 4000 }, { ...options, available: 4e9 })
  } catch (error) {
    refused = error
  }
  const { width, height } = (refused as CanvasTooLargeError).largest
  expect(neededMemory(network, objective, { width, height }, options)).toBeLessThanOrEqual(4e9)
  expect(neededMemory(network, objective, { width: width + 1, height: height + 1 }, options)).toBeGreaterThan(4e9)
})

test('tiles make room for the same canvas', () => {
  const size = { width: 2000, height: 1500 }
  expect(() => assertFits(network, objective, size, { ...options, available: 4e9 })).toThrow('tile=512')
  expect(() => assertFits(network, objective, size, { ...options, tile: 512, available: 4e9 })).not.toThrow()
})

test('tiles that are too small are refused before the start too', () => {
  const size = { width: 400, height: 300 }
  expect(() => assertFits(network, objective, size, { ...options, tile: 20 })).toThrow('A tile of 20 pixels is smaller')
})

/** Never much more than was said is needed, and never so little that canvases are refused which would fit easily. */
test.for([
  ['onnx', 'style', 192, 0],
  ['onnx', 'dream', 192, 0],
  ['onnx', 'style', 320, 192],
  ['tfjs', 'style', 192, 0],
  ['tfjs', 'dream', 192, 0],
] as const)(
  'the peak of a process bears the estimate out: %s, %s, %d pixels, tiles of %d',
  { timeout: 300_000 },
  async ([name, recipe, side, tile]) => {
    const args = [PROGRAM, name, 'default', recipe, String(side), String(tile)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { needed, grown } = JSON.parse(stdout) as { needed: number; grown: number }
    expect(needed / grown).toBeGreaterThan(0.8)
    expect(needed / grown).toBeLessThan(3)
  },
)
