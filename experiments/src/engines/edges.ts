import type { Size } from '../pictures/picture.ts'

/**
 * What a network sees beyond the edges of a canvas: nothing (`'zero'`, as it was trained), the canvas mirrored, or its other side
 * (`'wrap'`, for textures that tile). With the last two a frame of the surroundings is added before the network, and its features are cut
 * off after it, so that no frame shows in the picture.
 */
export type Edges = 'zero' | 'mirror' | 'wrap'

/** The width of the frame: as far as the upper layers see, and a multiple of their strides. Less for canvases that are smaller. */
export function marginOf(edges: Edges, { width, height }: Size): number {
  if (edges === 'zero') return 0
  return MARGINS.find((margin) => margin < Math.min(width, height)) ?? 0
}

/** How many features at each side belong to the frame, of `length` features over `size` pixels and the frame. */
export function croppedBy(margin: number, size: number, length: number): number {
  return Math.round((margin * length) / (size + 2 * margin))
}

const MARGINS = [32, 16]
