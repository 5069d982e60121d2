import { expect, test } from 'vitest'
import { createRandom } from '../pictures/random.ts'
import { principalComponents } from './principal-components.ts'
import { covarianceOf } from './statistics.ts'

/** Features that vary by `deviations` along axes that a rotation of the first two has turned by 30 degrees. */
function featuresOf(deviations: readonly number[]): number[][] {
  const random = createRandom(4)
  const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
  return Array.from({ length: 4000 }, () => {
    const [x, y, ...rest] = deviations.map((deviation) => deviation * random.normal()) as [number, number]
    return [5 + cos * x - sin * y, sin * x + cos * y, ...rest]
  })
}

function covariance(features: readonly number[][]): Float32Array {
  const channels = features[0]!.length
  const average = (of: (row: number[]) => number) => features.reduce((sum, row) => sum + of(row), 0) / features.length
  const mean = Float32Array.from({ length: channels }, (_, i) => average((row) => row[i]!))
  const gram = Float32Array.from({ length: channels ** 2 }, (_, k) =>
    average((row) => row[Math.floor(k / channels)]! * row[k % channels]!),
  )
  return covarianceOf({ gram, mean })
}

test('finds the directions that vary most, the first first, and gives each variance 1', () => {
  const features = featuresOf([9, 4, 1])
  const [first, second] = principalComponents(covariance(features), 2)
  expect(Math.abs(first![0]! / first![1]!)).toBeCloseTo(Math.sqrt(3), 1)
  expect(Math.abs(second![1]! / second![0]!)).toBeCloseTo(Math.sqrt(3), 0)
  const mean = [5, 0, 0]
  for (const component of [first!, second!]) {
    const seen = features.map((row) => row.reduce((sum, value, i) => sum + component[i]! * (value - mean[i]!), 0))
    expect(seen.reduce((sum, value) => sum + value ** 2, 0) / seen.length).toBeCloseTo(1, 1)
  }
})

test('leaves out what does not vary, and what there is not', () => {
  expect(principalComponents(covariance(featuresOf([9, 4, 0])), 3)).toHaveLength(2)
  expect(principalComponents(covariance(featuresOf([9, 4, 1])), 8)).toHaveLength(3)
})
