import { existsSync } from 'node:fs'
import sharp from 'sharp'
import type { AssetRef } from '../../../journal/schema.ts'
import { assetPath } from '../../asset.ts'
import type { Paper } from '../paper.ts'

/** A picture that pdfkit has opened; width and height in pixels. */
export interface Picture {
  width: number
  height: number
  draw(box: { x: number; y: number; width: number; height: number }): void
}

/** How wide it is shown at most (points): alone in a page's column, or beside others. */
export const PICTURE_WIDTHS = { large: 472, small: 240 } as const
export type PictureSize = keyof typeof PICTURE_WIDTHS

/** One that will be asked for. */
export interface ComingPicture {
  asset: Pick<AssetRef, 'path'>
  size: PictureSize
}

/** Pixels for each point of paper: 200 dots an inch, what print and a zoomed screen show. */
const DENSITY = 200 / 72
/** So many are read while a page is filled; each takes some megabytes meanwhile. */
const AHEAD = 2

/**
 * Pictures of a notebook as JPEG, each once in the file however often it is shown. pdfkit reads PNG a hundred times slower
 * than JPEG and needs gigabytes for transparency, and does not know WebP, AVIF and GIF: all go through sharp.
 */
export class Pictures {
  #paper: Paper
  #folder: string
  #coming: Iterator<ComingPicture>
  #ahead = new Map<string, Promise<Jpeg>>()
  #opened = new Map<string, Promise<Picture>>()

  /** @param coming those that will be asked for, in that order: the next ones are read ahead */
  constructor(paper: Paper, folder: string, coming: Iterable<ComingPicture>) {
    this.#paper = paper
    this.#folder = folder
    this.#coming = coming[Symbol.iterator]()
  }

  /** @throws Error when the file is missing or no picture */
  async open(asset: Pick<AssetRef, 'path'>, size: PictureSize): Promise<Picture> {
    const key = keyOf(asset, size)
    let opening = this.#opened.get(key)
    if (!opening) {
      const reading = this.#ahead.get(key) ?? this.#read(asset, size)
      this.#ahead.delete(key)
      // pdfkit counts them, so they are embedded in the order in which they are asked for
      this.#opened.set(key, (opening = reading.then((jpeg) => this.#embed(jpeg))))
      this.#readAhead()
    }
    return await opening
  }

  async openData(data: Buffer, size: PictureSize): Promise<Picture> {
    return this.#embed(await toJpeg(data, PICTURE_WIDTHS[size]))
  }

  /** Whether its file is there, and the notebook's own. */
  has(asset: Pick<AssetRef, 'path'>): boolean {
    try {
      return existsSync(assetPath(this.#folder, asset))
    } catch {
      return false
    }
  }

  #readAhead(): void {
    while (this.#ahead.size < AHEAD) {
      const { value: next, done } = this.#coming.next()
      if (done) return
      const key = keyOf(next.asset, next.size)
      if (this.#opened.has(key) || this.#ahead.has(key)) continue
      const reading = this.#read(next.asset, next.size)
      reading.catch(() => {}) // thrown where it is asked for
      this.#ahead.set(key, reading)
    }
  }

  async #read(asset: Pick<AssetRef, 'path'>, size: PictureSize): Promise<Jpeg> {
    return await toJpeg(assetPath(this.#folder, asset), PICTURE_WIDTHS[size])
  }

  #embed({ data, width, height }: Jpeg): Picture {
    const { doc } = this.#paper
    const image = (doc as unknown as { openImage(data: Buffer): object }).openImage(data)
    return {
      width,
      height,
      draw: ({ x, y, width: wide, height: high }) =>
        void doc.image(image as unknown as string, x, y, { width: wide, height: high }),
    }
  }
}

interface Jpeg {
  data: Buffer
  /** of the picture as it was given */
  width: number
  height: number
}

async function toJpeg(source: string | Buffer, points: number): Promise<Jpeg> {
  const image = sharp(source, { failOn: 'error', limitInputPixels: 4e8 }).autoOrient()
  const { autoOrient, pages = 1, pageHeight } = await image.metadata()
  const [width, height] = [autoOrient.width, pages > 1 && pageHeight ? pageHeight : autoOrient.height]
  const data = await image
    .resize({
      width: Math.ceil(points * DENSITY),
      height: Math.ceil(points * DENSITY * 1.5),
      fit: 'inside',
      withoutEnlargement: true,
    })
    .flatten({ background: '#fff' })
    .toColorspace('srgb')
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer()
  return { data, width, height }
}

function keyOf({ path }: Pick<AssetRef, 'path'>, size: PictureSize): string {
  return `${path} ${size}`
}
