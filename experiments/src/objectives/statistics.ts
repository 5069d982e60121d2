import type { Statistic } from './objective.ts'

/** What all statistics follow from: averages over all places of a layer's features. */
export interface Averages {
  /** `[channels, channels]`, symmetric */
  readonly gram: Float32Array
  /** `[channels]` */
  readonly mean: Float32Array
}

/** Added to every variance, so that a channel that sees nothing has a deviation to divide by, and a slope. */
export const LEAST_VARIANCE = 1e-3

/** Computes a statistic from the averages. */
export function statisticOf(statistic: Statistic, averages: Averages): Float32Array {
  switch (statistic) {
    case 'gram':
      return averages.gram
    case 'mean':
      return averages.mean
    case 'covariance':
      return covarianceOf(averages)
    case 'deviation':
      return deviationOf(covarianceOf(averages))
    case 'correlation':
      return correlationOf(covarianceOf(averages))
  }
}

/**
 * Carries a gradient back from a statistic to the averages.
 *
 * @param gradient With respect to the statistic, in its layout; symmetric where the statistic is
 * @returns with respect to the averages
 */
export function toAverages(statistic: Statistic, averages: Averages, gradient: Float32Array): Averages {
  const channels = averages.mean.length
  switch (statistic) {
    case 'gram':
      return { gram: gradient, mean: new Float32Array(channels) }
    case 'mean':
      return { gram: new Float32Array(channels ** 2), mean: gradient }
    case 'covariance': {
      const { mean } = averages
      return { gram: gradient, mean: mean.map((_, i) => -2 * rowDot(gradient, i, mean)) }
    }
    case 'deviation': {
      const deviation = deviationOf(covarianceOf(averages))
      const variance = new Float32Array(channels ** 2)
      for (let i = 0; i < channels; i++) variance[i * channels + i] = gradient[i]! / (2 * deviation[i]!)
      return toAverages('covariance', averages, variance)
    }
    case 'correlation': {
      const covariance = covarianceOf(averages)
      const deviation = deviationOf(covariance)
      const correlation = correlationOf(covariance)
      const products = gradient.map((slope, k) => slope * correlation[k]!)
      const through = deviation.map((own, i) => (-2 * rowSum(products, i, channels)) / own)
      const direct = divided(gradient, deviation)
      for (let i = 0; i < channels; i++) direct[i * channels + i]! += through[i]! / (2 * deviation[i]!)
      return toAverages('covariance', averages, direct)
    }
  }
}

/** The Gram matrix without what the means have part in it. */
export function covarianceOf({ gram, mean }: Averages): Float32Array {
  const channels = mean.length
  return gram.map((value, k) => value - mean[Math.floor(k / channels)]! * mean[k % channels]!)
}

function deviationOf(covariance: Float32Array): Float32Array {
  const channels = Math.sqrt(covariance.length)
  return Float32Array.from({ length: channels }, (_, i) =>
    Math.sqrt(Math.max(covariance[i * channels + i]!, 0) + LEAST_VARIANCE),
  )
}

function correlationOf(covariance: Float32Array): Float32Array {
  return divided(covariance, deviationOf(covariance))
}

/** Each value of a matrix over the deviations of its row and its column. */
function divided(matrix: Float32Array, deviation: Float32Array): Float32Array {
  const channels = deviation.length
  return matrix.map((value, k) => value / (deviation[Math.floor(k / channels)]! * deviation[k % channels]!))
}

function rowDot(matrix: Float32Array, row: number, vector: Float32Array): number {
  let dot = 0
  for (let k = 0; k < vector.length; k++) dot += matrix[row * vector.length + k]! * vector[k]!
  return dot
}

function rowSum(matrix: Float32Array, row: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += matrix[row * length + k]!
  return sum
}
