import sharp from 'sharp'

/** L*, a* and b* of each pixel of a picture on white, enlarged or reduced to that size (pixels). */
export async function labOf(file: string, width: number, height: number): Promise<Float32Array> {
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
