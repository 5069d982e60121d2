import type { NotebookDocument } from '../../journal/document.ts'
import type { AssetRef } from '../../journal/schema.ts'
import { assetHref, readAsset } from '../asset.ts'
import { formatBytes, formatCount } from '../format.ts'
import { imagesOf } from '../images.ts'
import type { AssetSource, ShownPicture } from './context.ts'
import { holdPictures, toDataUrl, type HeldPictures } from './held-pictures.ts'

/** Room that is kept for text, tables and plots. */
const TEXT_SHARE = 0.1
/** A reduction down to so many pixels is not worth a word. */
const QUIET_SIDE = 1600

/**
 * The assets of a page that is one file. Pictures become WebP and lie in the page as inert text, which its script decodes
 * near the viewport. Where all of them together exceed the budget, each is a small copy that links to the asset beside the page.
 */
export class SingleFile implements AssetSource {
  /** what to say of pictures that had to be reduced, in a sentence */
  readonly problem: string | undefined
  readonly #folder: string
  readonly #held: HeldPictures | undefined
  readonly #shown = new Map<string, string>()
  #left: number

  private constructor(folder: string, held: HeldPictures | undefined, left: number, problem: string | undefined) {
    this.#folder = folder
    this.#held = held
    this.#left = left
    this.problem = problem
  }

  /**
   * Encodes the document's pictures.
   *
   * @param budget bytes of the finished page
   */
  static async prepare(document: NotebookDocument, folder: string, budget: number): Promise<SingleFile> {
    const images = imagesOf(document)
    const room = budget * (1 - TEXT_SHARE)
    const held = await holdPictures(images, folder, room)
    return new SingleFile(folder, held, room - (held?.bytes ?? room), problemOf(held, images.length, budget))
  }

  async picture(asset: AssetRef, original: AssetRef): Promise<ShownPicture> {
    const held = this.#held?.pictures.get(asset.path)
    if (!held) return { kind: 'linked', href: assetHref(original) }
    if (!this.#held?.whole) return { kind: 'shown', src: held.data, href: assetHref(original) }
    const first = this.#shown.get(asset.path)
    if (first !== undefined) return { kind: 'held', blur: held.blur, first }
    const id = `held-${this.#shown.size + 1}`
    this.#shown.set(asset.path, id)
    return { kind: 'held', blur: held.blur, id, data: held.data }
  }

  /** A file as a `data:` URL while there is room, then a link to the file beside the page. */
  async url(asset: AssetRef): Promise<string> {
    const held = this.#held?.pictures.get(asset.path)
    if (held) return held.data
    if (asset.bytes * 1.34 > this.#left) return assetHref(asset)
    const url = await readAsset(this.#folder, asset).then(
      (data) => toDataUrl(data, asset.mediaType),
      () => assetHref(asset),
    )
    this.#left -= url.length
    return url
  }
}

function problemOf(held: HeldPictures | undefined, count: number, budget: number): string | undefined {
  if (count === 0 || (held?.whole && held.reduction.side >= QUIET_SIDE)) return undefined
  const pictures = `The ${formatCount(count)} pictures`
  if (held?.whole) {
    return `${pictures} are held at a lower quality, at most ${formatCount(held.reduction.side)} pixels a side, to fit into one file of ${formatBytes(budget)}; the folder form of the report has them as they are.`
  }
  const shown = held ? 'shows small copies, which open' : 'links to'
  return `${pictures} do not fit into one file of ${formatBytes(budget)}: this page ${shown} the pictures in the folder assets/ beside it.`
}
