import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NotebookError } from '../../errors.ts'
import { ASSETS, addAsset, temporaryAsset } from '../../journal/assets.ts'
import type { CellContent } from '../../journal/schema.ts'
import type { Picture } from '../picture.ts'
import { takePicture, type LoadedPicture } from '../pictures/read.ts'
import { storePicture } from '../pictures/store.ts'
import { AnimatedWebp } from './animated-webp.ts'
import { Mp4, hasFfmpeg } from './ffmpeg.ts'

export interface FilmOptions {
  folder: string
  baseDir: string
  fps: number
  alt: string
}

interface Writer {
  add(frame: Buffer): Promise<void>
  close(): Promise<void>
}

/**
 * Encodes frames as they come; at any time one frame is in memory. The poster is the last frame: where an optimisation
 * arrives.
 */
export async function film(
  frames: Iterable<Picture> | AsyncIterable<Picture>,
  { folder, baseDir, fps, alt }: FilmOptions,
): Promise<CellContent & { kind: 'video' }> {
  if (!(fps > 0 && fps <= 240))
    throw new NotebookError('NOTEBOOK_USE', `Expected \`fps\` to be between 0 and 240, got \`${fps}\`.`)
  await mkdir(join(folder, ASSETS), { recursive: true })
  const mp4 = await hasFfmpeg()
  const aside = temporaryAsset(folder)
  let size: { width: number; height: number } | undefined
  let writer: Writer | undefined
  let last: Buffer | undefined
  let count = 0
  for await (const picture of frames) {
    const loaded = await takePicture(picture, baseDir)()
    size ??= await sizeOf(loaded)
    last = await rgb(loaded, size)
    writer ??= mp4 ? new Mp4(aside, { ...size, fps }) : await webpWriter(aside, size, fps)
    await writer.add(last)
    count++
  }
  if (!writer || !size || !last)
    throw new NotebookError('NOTEBOOK_USE', 'Expected a video to have at least one frame, got none.')
  await writer.close()
  const [extension, mediaType] = mp4 ? ['mp4', 'video/mp4'] : ['webp', 'image/webp']
  const video = await addAsset(folder, aside, extension, mediaType, { move: true })
  const poster = await storePicture(folder, { data: new Uint8ClampedArray(last), ...size, channels: 3 })
  return { kind: 'video', video, poster, fps, frames: count, ...size, alt }
}

async function webpWriter(path: string, size: { width: number; height: number }, fps: number): Promise<Writer> {
  const { default: sharp } = await import('sharp')
  const animation = await AnimatedWebp.create(path, size)
  return {
    async add(frame) {
      const raw = { ...size, channels: 3 } as const
      await animation.add(await sharp(frame, { raw }).webp({ quality: 80 }).toBuffer(), Math.round(1000 / fps))
    },
    close: () => animation.close(),
  }
}

async function sizeOf(picture: LoadedPicture): Promise<{ width: number; height: number }> {
  if ('data' in picture) return { width: picture.width, height: picture.height }
  const { default: sharp } = await import('sharp')
  const { width, height } = (await sharp(picture.bytes).metadata()).autoOrient
  return { width, height }
}

/** Opaque pixels in the size of the film; transparency lies on white. */
async function rgb(picture: LoadedPicture, { width, height }: { width: number; height: number }): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  const image =
    'data' in picture
      ? sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: picture.channels } })
      : sharp(picture.bytes).autoOrient()
  return await image
    .flatten({ background: '#fff' })
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer()
}
