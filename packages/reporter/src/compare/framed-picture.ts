import sharp from 'sharp'
import { labOf } from './lab.ts'

/** A picture at the scale of the page. */
export interface Framed {
  /** WebP for the page */
  picture: Buffer
  width: number
  height: number
  /** what the file has */
  original: { width: number; height: number }
  /** L*, a* and b* of each pixel */
  lab: () => Promise<Float32Array>
}

/** Reads pictures at one scale, so that what was larger stays larger: none is cropped or stretched to fit the others. */
export type Framing = (files: readonly [base: string, other: string]) => Promise<[base: Framed, other: Framed]>

const MAX_SIDE = 1024
/** What pixels of pictures that others are compared with may have in memory. */
const MAX_LAB_BYTES = 256 << 20

/** Pictures that many others are compared with are read once. */
export function createFraming(): Framing {
  const frames = new Map<string, Promise<Framed>>()
  let labBytes = 0

  return async ([base, other]) => {
    const sizes = [await sizeOf(base), await sizeOf(other)] as const
    const side = Math.max(...sizes.flatMap(({ width, height }) => [width, height]))
    const scale = Math.min(1, MAX_SIDE / side)
    const key = `${scale} ${base}`
    let framed = frames.get(key)
    if (!framed) {
      framed = frame(base, sizes[0], scale).then(keepLab)
      frames.set(key, framed)
    }
    return await Promise.all([framed, frame(other, sizes[1], scale)])
  }

  function keepLab(framed: Framed): Framed {
    const bytes = framed.width * framed.height * 3 * Float32Array.BYTES_PER_ELEMENT
    if (labBytes + bytes > MAX_LAB_BYTES) return framed
    labBytes += bytes
    let lab: Promise<Float32Array> | undefined
    return { ...framed, lab: () => (lab ??= framed.lab()) }
  }
}

async function sizeOf(file: string): Promise<Framed['original']> {
  const { width, height } = (await sharp(file).metadata()).autoOrient
  return { width, height }
}

async function frame(file: string, original: Framed['original'], scale: number): Promise<Framed> {
  const width = Math.max(1, Math.round(original.width * scale))
  const height = Math.max(1, Math.round(original.height * scale))
  const picture = await sharp(file)
    .rotate()
    .resize(width, height, { fit: 'fill' })
    .webp({ quality: 90, effort: 2 })
    .toBuffer()
  return { picture, width, height, original, lab: () => labOf(file, width, height) }
}
