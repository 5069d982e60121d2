import sharp from 'sharp'

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
const MAX_SIDE = 1024

export interface Framed {
  /** WebP for the page */
  picture: Buffer
  width: number
  height: number
  /** what the file has */
  original: { width: number; height: number }
}

/** Reads pictures at one scale, so that what was larger stays larger: none is cropped or stretched to fit the others. */
export async function framed(files: readonly string[]): Promise<Framed[]> {
  const sizes = await Promise.all(
    files.map(async (file) => {
      const { width, height } = (await sharp(file).metadata()).autoOrient
      return { width, height }
    }),
  )
  const side = Math.max(...sizes.flatMap(({ width, height }) => [width, height]))
  const scale = Math.min(1, MAX_SIDE / side)
  return await Promise.all(
    files.map(async (file, index) => {
      const original = sizes[index]!
      const width = Math.max(1, Math.round(original.width * scale))
      const height = Math.max(1, Math.round(original.height * scale))
      const picture = await sharp(file).rotate().resize(width, height, { fit: 'fill' }).webp({ quality: 90 }).toBuffer()
      return { picture, width, height, original }
    }),
  )
}

/** Differences are of what the files hold, reduced to the page's scale, before any loss of the page's own format. */
export async function differ(one: string, other: string, [a, b]: readonly [Framed, Framed]): Promise<ImageDifference> {
  const [width, height] = [Math.max(a.width, b.width), Math.max(a.height, b.height)]
  const [first, second] = await Promise.all([labOf(one, a), labOf(other, b)])
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
      const delta = Math.hypot(first[p]! - second[q]!, first[p + 1]! - second[q + 1]!, first[p + 2]! - second[q + 2]!)
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
    .webp({ quality: 85 })
    .toBuffer()
  return { deltaE: sum / (common * tall), visible: seen / (common * tall), picture, width, height }
}

/** L*, a* and b* of each pixel. */
async function labOf(file: string, { width, height }: Framed): Promise<Float32Array> {
  const { data, info } = await sharp(file)
    .rotate()
    .flatten({ background: '#fff' })
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const lab = new Float32Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * info.channels
    const grey = info.channels < 3
    toLab(data[at]!, data[grey ? at : at + 1]!, data[grey ? at : at + 2]!, lab, pixel * 3)
  }
  return lab
}

/** IEC 61966-2-1 to CIE 1976 L*a*b*, white point D65. */
function toLab(red: number, green: number, blue: number, out: Float32Array, at: number): void {
  const [r, g, b] = [LINEAR[red]!, LINEAR[green]!, LINEAR[blue]!]
  const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  out[at] = 116 * y - 16
  out[at + 1] = 500 * (x - y)
  out[at + 2] = 200 * (y - z)
}

const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})

function curve(share: number): number {
  return share > 216 / 24389 ? Math.cbrt(share) : (24389 / 27 / 116) * share + 16 / 116
}
