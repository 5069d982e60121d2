import type { Sharp } from 'sharp'
import { NotebookError } from '../../errors.ts'
import { writeAsset } from '../../journal/assets.ts'
import type { ImageRef } from '../../journal/schema.ts'
import { encodedType } from './media.ts'
import type { LoadedPicture } from './read.ts'

/** A page shows at most this many pixels across; the original is linked. */
const PAGE_WIDTH = 1600
/** Files above it get a lighter copy, whatever their size in pixels. */
const PAGE_BYTES = 1_500_000

/**
 * Writes a picture as assets of the notebook: as it was given, and a lighter copy where that is large. Pixels become PNG.
 * Decoding and encoding happen off this thread.
 *
 * @throws NotebookError `NOTEBOOK_PICTURE` when the file is damaged
 */
export async function storePicture(folder: string, picture: LoadedPicture): Promise<ImageRef> {
  const { default: sharp } = await import('sharp')
  try {
    if ('bytes' in picture) {
      const { bytes } = picture
      const image = sharp(bytes, { animated: false }).autoOrient()
      const { autoOrient: size } = await image.metadata()
      const { extension, mediaType } = encodedType(bytes) ?? { extension: 'bin', mediaType: 'application/octet-stream' }
      return await withCopy(folder, { ...writeAsset(folder, bytes, extension, mediaType), ...dimensions(size) }, image)
    }
    const { data, ...raw } = picture
    const image = sharp(data, { raw })
    const png = await image.clone().png().toBuffer()
    const { width, height } = raw
    return await withCopy(folder, { ...writeAsset(folder, png, 'png', 'image/png'), width, height }, image)
  } catch (cause) {
    if (cause instanceof NotebookError) throw cause
    const name = 'bytes' in picture && picture.name !== undefined ? ` ${picture.name}` : ''
    throw new NotebookError('NOTEBOOK_PICTURE', `The picture${name} cannot be decoded: ${(cause as Error).message}.`, {
      cause,
    })
  }
}

async function withCopy(folder: string, original: ImageRef, image: Sharp): Promise<ImageRef> {
  if (original.width <= PAGE_WIDTH && original.bytes <= PAGE_BYTES) return original
  const { data, info } = await image
    .resize({ width: PAGE_WIDTH, withoutEnlargement: true })
    .webp({ quality: 86 })
    .toBuffer({ resolveWithObject: true })
  if (data.length >= original.bytes) return original
  const { width, height } = info
  return { ...original, scaled: { ...writeAsset(folder, data, 'webp', 'image/webp'), width, height } }
}

function dimensions({ width, height }: { width: number; height: number }): { width: number; height: number } {
  return { width, height }
}
