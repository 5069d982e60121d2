import { expect, test } from 'vitest'
import { loadNetwork } from '../networks/registry.ts'
import { style } from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import { assertFits, CanvasTooLargeError, neededMemory } from './memory.ts'

const network = await loadNetwork('default')
const objective = style(network.taste.style, noise({ width: 32, height: 32 }))
const options = { edges: 'mirror', bytesPerPixel: 360 } as const

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
