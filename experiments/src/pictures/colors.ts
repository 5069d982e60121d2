// Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving color in neural artistic style transfer": linear colour transfer.
import { clamp, toPicture } from './picture.ts'
import type { Picture } from './picture.ts'

/** Gives a picture the mean colour of another, and the variances and covariances of its channels. */
export function recolored(picture: Picture, like: Picture): Picture {
  const own = colorsOf(picture)
  const wanted = colorsOf(like)
  const forward = lowerInverse(own.root)
  const data = new Float32Array(picture.data.length)
  for (let i = 0; i < data.length; i += 3) {
    const centred = [0, 1, 2].map((c) => picture.data[i + c]! - own.mean[c]!)
    const white = times(forward, centred)
    const colour = times(wanted.root, white)
    for (let c = 0; c < 3; c++) data[i + c] = colour[c]! + wanted.mean[c]!
  }
  return toPicture(clamp(data), picture)
}

interface Colors {
  readonly mean: readonly number[]
  /** the lower triangle whose product with its transpose is the covariance (Cholesky) */
  readonly root: Matrix
}

type Matrix = readonly (readonly number[])[]

function colorsOf({ data }: Picture): Colors {
  const count = data.length / 3
  const mean = [0, 0, 0]
  for (let i = 0; i < data.length; i++) mean[i % 3]! += data[i]! / count
  const covariance = [0, 1, 2].map((a) =>
    [0, 1, 2].map((b) => {
      let sum = 0
      for (let i = 0; i < data.length; i += 3) sum += (data[i + a]! - mean[a]!) * (data[i + b]! - mean[b]!)
      // A little more on the diagonal, so that a grey picture has a root too.
      return sum / count + (a === b ? 1e-2 : 0)
    }),
  )
  return { mean, root: cholesky(covariance) }
}

function cholesky(matrix: Matrix): Matrix {
  const root = [0, 1, 2].map(() => [0, 0, 0])
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i]![j]!
      for (let k = 0; k < j; k++) rest -= root[i]![k]! * root[j]![k]!
      root[i]![j] = i === j ? Math.sqrt(Math.max(rest, 1e-6)) : rest / root[j]![j]!
    }
  }
  return root
}

function lowerInverse(root: Matrix): Matrix {
  const inverse = [0, 1, 2].map(() => [0, 0, 0])
  for (let column = 0; column < 3; column++) {
    for (let i = column; i < 3; i++) {
      let rest = i === column ? 1 : 0
      for (let k = column; k < i; k++) rest -= root[i]![k]! * inverse[k]![column]!
      inverse[i]![column] = rest / root[i]![i]!
    }
  }
  return inverse
}

function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row[0]! * vector[0]! + row[1]! * vector[1]! + row[2]! * vector[2]!)
}
