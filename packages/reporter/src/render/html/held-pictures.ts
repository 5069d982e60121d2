import sharp from 'sharp'
import type { AssetRef } from '../../journal/schema.ts'
import { readAsset } from '../asset.ts'

/** A picture as text of the page: itself, and a blurred stand-in of a hundred bytes. */
export interface HeldPicture {
  data: string
  blur: string
}

/** How far pictures are reduced: pixels of the longer side, quality of WebP. */
export interface Reduction {
  side: number
  quality: number
}

/** From hardly visible to clearly so. */
const WHOLE: readonly Reduction[] = [
  { side: 1600, quality: 82 },
  { side: 1200, quality: 72 },
  { side: 900, quality: 60 },
]
const SMALL: Reduction = { side: 320, quality: 70 }
const BLUR: Reduction = { side: 16, quality: 30 }
/** Pictures encoded at once: sharp uses a thread for each. */
const PARALLEL = 4
/** So many pictures tell whether all of them may fit. */
const SAMPLE = 8

export interface HeldPictures {
  pictures: Map<string, HeldPicture>
  bytes: number
  reduction: Reduction
  /** false: they are small copies */
  whole: boolean
}

/** All pictures with the least reduction that fits the room; undefined when not even small copies do. */
export async function holdPictures(
  images: readonly AssetRef[],
  folder: string,
  room: number,
): Promise<HeldPictures | undefined> {
  const sample = images.filter((_, index) => index % Math.ceil(images.length / SAMPLE) === 0)
  for (const reduction of [...WHOLE, SMALL]) {
    const tried = await encodeAll(sample, folder, reduction, room)
    if (!tried || (tried.bytes * images.length) / sample.length > room * 1.1) continue
    const all = await encodeAll(images, folder, reduction, room)
    if (all) return { ...all, reduction, whole: reduction !== SMALL }
  }
  return undefined
}

async function encodeAll(
  images: readonly AssetRef[],
  folder: string,
  reduction: Reduction,
  room: number,
): Promise<{ pictures: Map<string, HeldPicture>; bytes: number } | undefined> {
  const pictures = new Map<string, HeldPicture>()
  const waiting = images.values()
  let bytes = 0
  const work = async (): Promise<void> => {
    for (const asset of waiting) {
      if (bytes > room) return
      // one that cannot be read is linked to instead
      const found = await encode(asset, folder, reduction).catch(() => undefined)
      if (!found) continue
      pictures.set(asset.path, found)
      bytes += found.data.length + found.blur.length
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return bytes > room ? undefined : { pictures, bytes }
}

async function encode(asset: AssetRef, folder: string, reduction: Reduction): Promise<HeldPicture> {
  const data = await readAsset(folder, asset)
  const { pages = 1, width, height } = await sharp(data).metadata()
  const blur = toDataUrl(await reduced(data, BLUR), 'image/webp')
  const asIs = { data: toDataUrl(data, asset.mediaType), blur }
  if (pages > 1 && reduction !== SMALL) return asIs
  const webp = await reduced(data, reduction)
  const fits = Math.max(width, height) <= reduction.side
  return fits && webp.length >= data.length ? asIs : { data: toDataUrl(webp, 'image/webp'), blur }
}

async function reduced(data: Buffer, { side, quality }: Reduction): Promise<Buffer> {
  const picture = sharp(data)
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  return await picture.webp({ quality, effort: 3 }).toBuffer()
}

export function toDataUrl(data: Buffer, mediaType: string): string {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream'
  return `data:${type};base64,${data.toString('base64')}`
}
