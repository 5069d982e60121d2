import sharp from 'sharp'
import type { AssetRef } from '../../journal/schema.ts'
import { readAsset } from '../asset.ts'

const MAX_SIDE = 1600

/** Turns assets into `data:` URLs until a budget is spent. Pictures become WebP, so that many fit. */
export class Inliner {
  readonly omitted: { count: number; bytes: number } = { count: 0, bytes: 0 }
  readonly #folder: string
  readonly #urls = new Map<string, string | undefined>()
  #left: number

  constructor(folder: string, budget: number) {
    this.#folder = folder
    this.#left = budget
  }

  /** The same asset twice costs its room twice: HTML has no way to share it without a script. */
  async url(asset: AssetRef): Promise<string | undefined> {
    if (!this.#urls.has(asset.path)) this.#urls.set(asset.path, await this.#encode(asset))
    const url = this.#urls.get(asset.path)
    if (url !== undefined && url.length <= this.#left) {
      this.#left -= url.length
      return url
    }
    this.omitted.count++
    this.omitted.bytes += asset.bytes
    return undefined
  }

  async #encode(asset: AssetRef): Promise<string | undefined> {
    const still = /^image\/(?:png|jpeg|tiff|avif)$/.test(asset.mediaType)
    if (!still && asset.bytes * 1.34 > this.#left) return undefined
    const data = await readAsset(this.#folder, asset)
    if (!still) return toUrl(data, asset.mediaType)
    const webp = await sharp(data)
      .rotate()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer()
    return webp.length < data.length ? toUrl(webp, 'image/webp') : toUrl(data, asset.mediaType)
  }
}

function toUrl(data: Buffer, mediaType: string): string {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream'
  return `data:${type};base64,${data.toString('base64')}`
}
