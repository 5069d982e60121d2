import type { MeasuredTerm } from '../engines/engine.ts'
import type { Statistic } from '../objectives/objective.ts'
import { statisticOf, toAverages } from '../objectives/statistics.ts'
import { addTo } from './measure.ts'

/** Style terms over the same averages. */
export interface StyleGroup {
  readonly name: string
  readonly layer: string
  readonly places: Float32Array | undefined
  readonly terms: Extract<MeasuredTerm, { kind: Statistic }>[]
}

export interface StyleLosses {
  /** of all groups' terms, one after the other */
  readonly losses: number[]
  /** how the losses change with the averages, by name */
  readonly slopes: Record<string, Float32Array>
}

/**
 * The losses of style terms, from averages over the whole canvas.
 *
 * @param averages The Gram matrix and the means of each group, one after the other
 */
export function styleLosses(groups: readonly StyleGroup[], averages: readonly Float32Array[]): StyleLosses {
  const losses: number[] = []
  const slopes: Record<string, Float32Array> = {}
  for (const [i, { name, terms }] of groups.entries()) {
    const seen = { gram: averages[2 * i]!, mean: averages[2 * i + 1]! }
    const gram = new Float32Array(seen.gram.length)
    const mean = new Float32Array(seen.mean.length)
    for (const { kind, target, weight } of terms) {
      const difference = statisticOf(kind, seen).map((value, k) => value - target[k]!)
      losses.push(weight * meanSquare(difference))
      const factor = (2 * weight) / difference.length
      const carried = toAverages(
        kind,
        seen,
        difference.map((value) => factor * value),
      )
      addTo(gram, carried.gram)
      addTo(mean, carried.mean)
    }
    slopes[`gram slope of ${name}`] = gram
    slopes[`mean slope of ${name}`] = mean
  }
  return { losses, slopes }
}

function meanSquare(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return squares / values.length
}
