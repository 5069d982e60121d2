import sharp from 'sharp'
import type { NotebookDocument } from '../../journal/document.ts'
import type { AssetRef } from '../../journal/schema.ts'
import { assetHref, readAsset } from '../asset.ts'
import { imagesOf } from '../images.ts'
import type { AssetSource, ShownPicture } from './context.ts'

const MAX_SIDE = 1600
const THUMB_SIDE = 320
const BLUR_SIDE = 16
/** Pictures encoded at once: sharp uses a thread for each. */
const PARALLEL = 4
/** Room that is kept for text, tables and plots. */
const TEXT_SHARE = 0.1

/**
 * The assets of a page that is one file. Pictures become WebP and lie in the page as inert text, which its script decodes
 * near the viewport. Where all of them together exceed the budget, each is a small copy that links to the asset beside the page.
 */
export class SingleFile implements AssetSource {
  readonly complete: boolean
  readonly #folder: string
  readonly #held: Map<string, Held>
  readonly #shown = new Map<string, string>()
  #left: number

  private constructor(folder: string, held: Map<string, Held>, complete: boolean, left: number) {
    this.#folder = folder
    this.#held = held
    this.complete = complete
    this.#left = left
  }

  /**
   * Encodes the document's pictures.
   *
   * @param budget bytes of the finished page
   */
  static async prepare(document: NotebookDocument, folder: string, budget: number): Promise<SingleFile> {
    const images = imagesOf(document)
    const room = budget * (1 - TEXT_SHARE)
    const whole = await encodeAll(images, folder, MAX_SIDE, room)
    if (whole) return new SingleFile(folder, whole.held, true, room - whole.bytes)
    const small = await encodeAll(images, folder, THUMB_SIDE, room)
    return new SingleFile(folder, small?.held ?? new Map(), false, small ? room - small.bytes : 0)
  }

  async picture(asset: AssetRef, original: AssetRef): Promise<ShownPicture> {
    const held = this.#held.get(asset.path)
    if (!held) return { kind: 'linked', href: assetHref(original) }
    if (!this.complete) return { kind: 'shown', src: held.data, href: assetHref(original) }
    const first = this.#shown.get(asset.path)
    if (first !== undefined) return { kind: 'held', blur: held.blur, first }
    const id = `held-${this.#shown.size + 1}`
    this.#shown.set(asset.path, id)
    return { kind: 'held', blur: held.blur, id, data: held.data }
  }

  /** A file as a `data:` URL while there is room, then a link to the file beside the page. */
  async url(asset: AssetRef): Promise<string> {
    const held = this.#held.get(asset.path)
    if (held) return held.data
    if (asset.bytes * 1.34 > this.#left) return assetHref(asset)
    const url = await readAsset(this.#folder, asset).then(
      (data) => toUrl(data, asset.mediaType),
      () => assetHref(asset),
    )
    this.#left -= url.length
    return url
  }
}

interface Held {
  data: string
  blur: string
}

async function encodeAll(
  images: readonly AssetRef[],
  folder: string,
  side: number,
  room: number,
): Promise<{ held: Map<string, Held>; bytes: number } | undefined> {
  const held = new Map<string, Held>()
  const waiting = images.values()
  let bytes = 0
  const work = async (): Promise<void> => {
    for (const asset of waiting) {
      if (bytes > room) return
      const found = await encode(asset, folder, side).catch(() => undefined)
      if (!found) continue
      held.set(asset.path, found)
      bytes += found.data.length + found.blur.length
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return bytes > room ? undefined : { held, bytes }
}

async function encode(asset: AssetRef, folder: string, side: number): Promise<Held> {
  const data = await readAsset(folder, asset)
  const { pages = 1 } = await sharp(data).metadata()
  const blur = toUrl(await sized(data, BLUR_SIDE).webp({ quality: 30 }).toBuffer(), 'image/webp')
  if (pages > 1 && side > THUMB_SIDE) return { data: toUrl(data, asset.mediaType), blur }
  const webp = await sized(data, side)
    .webp({ quality: side > THUMB_SIDE ? 82 : 70, effort: 3 })
    .toBuffer()
  const kept = webp.length < data.length || side <= THUMB_SIDE
  return { data: kept ? toUrl(webp, 'image/webp') : toUrl(data, asset.mediaType), blur }
}

function sized(data: Buffer, side: number) {
  return sharp(data).autoOrient().resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
}

function toUrl(data: Buffer, mediaType: string): string {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream'
  return `data:${type};base64,${data.toString('base64')}`
}
