import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { ImageRef } from '../journal/schema.ts'

export interface KeyedPicture {
  image: ImageRef
  alt: string
}

/** The things of a notebook by a name that they have in other runs too: what they are, their title, and which of that title. */
export interface KeyedCells {
  pictures: Map<string, KeyedPicture>
  sources: Map<string, string>
  plots: Map<string, DocumentCell>
}

export function keyCells({ cells }: Pick<NotebookDocument, 'cells'>): KeyedCells {
  const keyed: KeyedCells = { pictures: new Map(), sources: new Map(), plots: new Map() }
  const seen = new Map<string, number>()
  const nameOf = (kind: string, title: string): string => {
    const count = (seen.get(`${kind} ${title}`) ?? 0) + 1
    seen.set(`${kind} ${title}`, count)
    return count === 1 ? title : `${title} (${count})`
  }
  const addPicture = (image: ImageRef, alt: string) => keyed.pictures.set(nameOf('picture', alt), { image, alt })
  const visit = (all: readonly DocumentCell[]): void => {
    for (const cell of all) {
      const { content } = cell
      if (content.kind === 'image') addPicture(content.image, content.caption ?? content.alt)
      if (content.kind === 'compare') addPicture(content.after, content.alt)
      if (content.kind === 'gallery')
        for (const { image, alt, caption } of content.items) addPicture(image, caption ?? alt)
      if (content.kind === 'code') keyed.sources.set(nameOf('code', content.title ?? 'Code'), content.source)
      if (content.kind === 'plot') {
        const { title, y } = content.spec
        keyed.plots.set(nameOf('plot', title ?? (typeof y === 'string' ? y : y.join(', '))), cell)
      }
      visit(cell.children)
    }
  }
  visit(cells)
  return keyed
}
