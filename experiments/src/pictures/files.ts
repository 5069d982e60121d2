import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { toPicture } from './picture.ts'
import type { Picture, Size } from './picture.ts'
import { fit } from './resize.ts'

/** Where a picture can come from: a path, a `file:` URL, or the bytes of a PNG, JPEG or WebP file. */
export type PictureSource = string | URL | Uint8Array

export interface ReadOptions {
  /** the longer side in pixels, proportions kept; or the exact size, cut to fit; defaults to the file's own size */
  size?: number | Size
}

/**
 * Reads a picture as RGB, upright, without transparency.
 *
 * @throws when the file is missing or no picture, with its name
 */
export async function readPicture(source: PictureSource, { size }: ReadOptions = {}): Promise<Picture> {
  const input = source instanceof URL ? fileURLToPath(source) : source
  const name = typeof input === 'string' ? input : `${input.length} bytes`
  try {
    const image = sharp(input).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb')
    const upright = (await image.clone().metadata()).autoOrient
    const target = typeof size === 'number' ? fit(upright, size) : size
    const resized = target ? image.resize(target.width, target.height, { fit: 'cover' }) : image
    const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true })
    return toPicture(rgb(data, info.channels), info)
  } catch (error) {
    throw new Error(`Cannot read the picture ${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** Encodes a picture as PNG. */
export function toPng(picture: Picture): Promise<Uint8Array> {
  const { width, height } = picture
  return sharp(toBytes(picture), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Rounds to bytes, 0-255. */
export function toBytes(picture: Picture): Uint8Array {
  return Uint8Array.from(picture.data, (value) => Math.min(255, Math.max(0, Math.round(value))))
}

function rgb(data: Uint8Array, channels: number): Float32Array {
  if (channels === 3) return Float32Array.from(data)
  const grey = channels < 3
  return Float32Array.from({ length: (data.length / channels) * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) * channels
    return data[grey ? pixel : pixel + (i % 3)]!
  })
}
