/** A picture as the art works on it: RGB, row by row, channel last, 0-255 as floats. */
export interface Picture {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
  readonly channels: 3
}

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Wraps pixels as a picture.
 *
 * @param data RGB values, `[height, width, 3]` flattened
 * @param size Width and height in pixels
 */
export function toPicture(data: Float32Array, { width, height }: Size): Picture {
  if (data.length !== width * height * 3) {
    throw new RangeError(`Expected ${width} x ${height} x 3 values for a picture, got ${data.length}`)
  }
  return { data, width, height, channels: 3 }
}

/** Copies values into [0, 255], in place. */
export function clamp(data: Float32Array): Float32Array {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    data[i] = value < 0 ? 0 : value > 255 ? 255 : value
  }
  return data
}
