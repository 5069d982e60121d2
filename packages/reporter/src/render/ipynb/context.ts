import sharp from 'sharp'
import type { NotebookDocument } from '../../journal/document.ts'
import type { AssetRef } from '../../journal/schema.ts'
import { readAsset } from '../asset.ts'
import type { MarkdownContext } from '../markdown/cell.ts'
import type { Outline } from '../outline.ts'

export interface IpynbContext {
  markdown: MarkdownContext
  /** numbers code cells as a kernel would */
  nextCount(): number
  /** a picture as PNG or JPEG in base64, which every viewer shows; undefined when there is no room left, or it cannot be read */
  picture(asset: AssetRef): Promise<Record<string, string> | undefined>
}

const MAX_BYTES = 1_000_000
const MAX_SIDE = 1280

export function createIpynbContext(
  document: NotebookDocument,
  outline: Outline,
  { folder, budget }: { folder: string; budget: number },
): IpynbContext {
  let count = 0
  let left = budget
  return {
    markdown: { outline, provenance: document.begin.provenance, running: document.status === 'running' },
    nextCount: () => ++count,
    picture: async (asset) => {
      if (left <= 0) return undefined
      const found = await encode(folder, asset).catch(() => undefined)
      if (!found) return undefined
      const text = found.data.toString('base64')
      left -= text.length
      return left < 0 ? undefined : { [found.type]: text }
    },
  }
}

async function encode(folder: string, asset: AssetRef): Promise<{ type: string; data: Buffer }> {
  const data = await readAsset(folder, asset)
  const known = /^image\/(?:png|jpeg|gif)$/.test(asset.mediaType)
  if (known && data.length <= MAX_BYTES) return { type: asset.mediaType, data }
  const animated = asset.mediaType === 'image/webp'
  const picture = sharp(data, { animated })
    .rotate()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
  const { pages = 1, hasAlpha } = await sharp(data).metadata()
  if (pages > 1) return { type: 'image/webp', data }
  if (hasAlpha) return { type: 'image/png', data: await picture.png().toBuffer() }
  return { type: 'image/jpeg', data: await picture.jpeg({ quality: 85 }).toBuffer() }
}
