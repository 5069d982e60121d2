import { NotebookError } from '../../errors.ts'
import type { Pixels } from '../picture.ts'

/** Pixels as bytes: a copy, so that the caller may go on painting. Values are rounded and kept within 0-255. */
export interface RawPicture {
  data: Uint8ClampedArray
  width: number
  height: number
  channels: 3 | 4
}

/** @throws NotebookError `NOTEBOOK_PICTURE` when the numbers do not fit together */
export function copyPixels({ data, width, height, channels }: Pixels): RawPicture {
  const count = width * height
  const found = channels ?? data.length / count
  if (!Number.isInteger(width) || !Number.isInteger(height) || count <= 0 || data.length !== count * found) {
    throw new NotebookError(
      'NOTEBOOK_PICTURE',
      `Expected pixels of ${width} × ${height} × ${channels ?? '3 or 4'} values, got ${data.length} values.`,
    )
  }
  if (found !== 3 && found !== 4) {
    throw new NotebookError('NOTEBOOK_PICTURE', `Expected pixels with 3 or 4 channels (RGB or RGBA), got ${found}.`)
  }
  return { data: Uint8ClampedArray.from(data), width, height, channels: found }
}

/** PNG, encoded off this thread. */
export async function encodePixels(pixels: Pixels): Promise<Buffer> {
  const { data, ...raw } = copyPixels(pixels)
  const { default: sharp } = await import('sharp')
  return await sharp(data, { raw }).png().toBuffer()
}
