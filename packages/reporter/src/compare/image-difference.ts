import sharp from 'sharp'
import type { Framed } from './framed-picture.ts'

export interface ImageDifference {
  /** mean of ΔE (CIE 1976) over the part that both pictures have; 2.3 is what an eye just sees */
  deltaE: number
  /** share of that part where ΔE is above 2.3, 0-1 */
  visible: number
  /** WebP: the difference, black where there is none, in the frame that holds both pictures */
  picture: Buffer
  /** of that frame, in pixels of the page */
  width: number
  height: number
}

const JUST_SEEN = 2.3

/** Differences are of what the files hold, reduced to the page's scale, before any loss of the page's own format. */
export async function differ(a: Framed, b: Framed): Promise<ImageDifference> {
  const [width, height] = [Math.max(a.width, b.width), Math.max(a.height, b.height)]
  const [first, second] = await Promise.all([a.lab(), b.lab()])
  const pixels = Buffer.alloc(width * height * 3)
  const [common, tall] = [Math.min(a.width, b.width), Math.min(a.height, b.height)]
  let [sum, seen] = [0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      if (x >= common || y >= tall) {
        // only one picture reaches here
        const stripe = (x + y) % 12 < 6 ? 70 : 45
        pixels.fill(stripe, at, at + 3)
        continue
      }
      const [p, q] = [(y * a.width + x) * 3, (y * b.width + x) * 3]
      const [l, m, n] = [first[p]! - second[q]!, first[p + 1]! - second[q + 1]!, first[p + 2]! - second[q + 2]!]
      const delta = Math.sqrt(l * l + m * m + n * n) // `hypot` takes many times as long
      sum += delta
      if (delta > JUST_SEEN) seen++
      // square root: small differences are the ones that are looked for
      const heat = Math.min(1, Math.sqrt(delta / 50))
      pixels[at] = Math.round(255 * Math.min(1, heat * 1.6))
      pixels[at + 1] = Math.round(255 * Math.max(0, heat * 1.6 - 0.6))
      pixels[at + 2] = Math.round(90 * heat)
    }
  }
  const picture = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .webp({ quality: 85, effort: 2 })
    .toBuffer()
  return { deltaE: sum / (common * tall), visible: seen / (common * tall), picture, width, height }
}
