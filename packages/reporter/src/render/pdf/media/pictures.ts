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

/** Pixels for each point of paper: 200 dots an inch, what print and a zoomed screen show. */
const DENSITY = 200 / 72

/**
 * Pictures of a notebook as JPEG, each once in the file however often it is shown. pdfkit reads PNG a hundred times slower
 * than JPEG and needs gigabytes for transparency, and does not know WebP, AVIF and GIF: all go through sharp.
 */
export class Pictures {
  #paper: Paper
  #folder: string
  #opened = new Map<string, Promise<Picture>>()

  constructor(paper: Paper, folder: string) {
    this.#paper = paper
    this.#folder = folder
  }

  /**
   * @param points how wide it is shown at most
   * @throws Error when the file is missing or no picture
   */
  async open(asset: Pick<AssetRef, 'path'>, points: number): Promise<Picture> {
    return await this.#once(`${asset.path} ${points > 240 ? 'large' : 'small'}`, () =>
      toJpeg(assetPath(this.#folder, asset), points > 240 ? points : 240),
    )
  }

  async openData(data: Buffer, points: number): Promise<Picture> {
    return await this.#once('', () => toJpeg(data, points))
  }

  #once(key: string, read: () => Promise<Jpeg>): Promise<Picture> {
    const known = key === '' ? undefined : this.#opened.get(key)
    if (known) return known
    const opening = read().then((jpeg) => this.#embed(jpeg))
    if (key !== '') this.#opened.set(key, opening)
    return opening
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
