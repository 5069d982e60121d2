// Mordvintsev, Olah and Tyka 2015, DeepDream notebook: "Laplacian pyramid gradient normalization".
import { toPicture } from './picture.ts'
import type { Picture } from './picture.ts'
import { resize } from './resize.ts'

/**
 * Evens out the frequencies of a gradient: splits it into bands, each half as fine as the one before, divides every band by its
 * root mean square and adds them up again. Without it a dream is all fine grain.
 *
 * @param gradient A gradient with respect to the pixels
 * @param levels How many bands at most; bands smaller than 8 pixels are left out
 */
export function normalizeBands(gradient: Picture, levels = 4): Picture {
  const bands: Picture[] = []
  let rest = gradient
  for (let level = 0; level < levels && Math.min(rest.width, rest.height) >= 16; level++) {
    const coarse = resize(rest, { width: Math.ceil(rest.width / 2), height: Math.ceil(rest.height / 2) })
    const smooth = resize(coarse, rest)
    bands.push(
      toPicture(
        rest.data.map((value, i) => value - smooth.data[i]!),
        rest,
      ),
    )
    rest = coarse
  }
  let sum = scaled(rest)
  for (const band of bands.toReversed()) {
    const fine = scaled(band)
    const coarse = resize(sum, band)
    sum = toPicture(
      fine.data.map((value, i) => value + coarse.data[i]!),
      band,
    )
  }
  return sum
}

function scaled(band: Picture): Picture {
  let squares = 0
  for (const value of band.data) squares += value * value
  const scale = 1 / Math.max(Math.sqrt(squares / band.data.length), 1e-10)
  return toPicture(
    band.data.map((value) => value * scale),
    band,
  )
}
