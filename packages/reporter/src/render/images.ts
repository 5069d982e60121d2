import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { AssetRef, ImageRef } from '../journal/schema.ts'
import { answersOf } from './answer.ts'
import { isAsset } from './bundle.ts'

/** Every picture that a page shows, once each, in the order of the cells: the copy that fits a page where there is one. */
export function imagesOf(document: Pick<NotebookDocument, 'cells'>): AssetRef[] {
  const found = new Map<string, AssetRef>()
  const add = (image: ImageRef | AssetRef): void => {
    const shown = shownCopy(image)
    if (!found.has(shown.path)) found.set(shown.path, shown)
  }
  const visit = (cells: readonly DocumentCell[]): void => {
    for (const cell of cells) {
      const { content, children, end } = cell
      if (content.kind === 'image') add(content.image)
      if (content.kind === 'compare') [content.before, content.after].forEach(add)
      if (content.kind === 'gallery') content.items.forEach(({ image }) => add(image))
      if (content.kind === 'video') add(content.poster)
      if (content.kind === 'question') answersOf(cell, content).forEach(({ picture }) => picture && add(picture))
      for (const bundle of [content.kind === 'display' ? content.data : {}, end?.value ?? {}]) {
        for (const [type, data] of Object.entries(bundle)) if (type.startsWith('image/') && isAsset(data)) add(data)
      }
      visit(children)
    }
  }
  visit(document.cells)
  return [...found.values()]
}

/** What a page shows of a picture: the lighter copy, where the original is large. */
export function shownCopy(image: ImageRef | AssetRef): AssetRef {
  return 'scaled' in image && image.scaled ? image.scaled : image
}
