/**
 * A picture: the path or URL of a file (relative paths start at the test file's folder; `s3://bucket/key` as in `fetchInput`), the bytes of a PNG, JPEG or WebP,
 * what the parameter `picture()` gives, or pixels.
 */
export type Picture = string | URL | Uint8Array | PictureFile | Pixels

/** A picture file with its bytes: what `picture()` gives, and what a question for a picture answers. */
export interface PictureFile {
  readonly name: string
  readonly data: Uint8Array
}

/** Rows from the top, pixels from the left, values 0-255: `data` has `width * height * channels` of them. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array | readonly number[]
  readonly width: number
  readonly height: number
  /** 3: RGB, 4: RGBA. Default: what the length of `data` says */
  readonly channels?: 3 | 4
}

export function isPixels(value: unknown): value is Pixels {
  return (
    typeof value === 'object' &&
    value !== null &&
    'width' in value &&
    typeof value.width === 'number' &&
    'height' in value &&
    typeof value.height === 'number' &&
    'data' in value &&
    isSeries(value.data)
  )
}

export function isPictureFile(value: unknown): value is PictureFile {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('data' in value)) return false
  return typeof value.name === 'string' && value.data instanceof Uint8Array
}

function isSeries(value: unknown): value is Pixels['data'] {
  return ArrayBuffer.isView(value) || Array.isArray(value)
}
