import type { DocumentCell } from '../../../journal/document.ts'
import { answersOf } from '../../answer.ts'
import { richest } from '../../bundle.ts'
import type { ComingPicture } from './pictures.ts'

/** @yields the pictures that cells show on paper, in that order. One that is missing here is shown too, only not read ahead */
export function* picturesOf(cells: readonly DocumentCell[]): Generator<ComingPicture> {
  for (const cell of cells) {
    const { content, children, end } = cell
    if (content.kind === 'image') yield { asset: content.image, size: 'large' }
    if (content.kind === 'video') yield { asset: content.poster, size: 'large' }
    if (content.kind === 'compare') for (const asset of [content.before, content.after]) yield { asset, size: 'small' }
    if (content.kind === 'gallery') {
      const size = content.items.length > 1 ? 'small' : 'large'
      for (const { image } of content.items) yield { asset: image, size }
    }
    if (content.kind === 'question') {
      const pictures = answersOf(cell, content).flatMap(({ picture }) => picture ?? [])
      for (const asset of pictures) yield { asset, size: pictures.length > 1 ? 'small' : 'large' }
    }
    yield* picturesOf(children)
    for (const bundle of [content.kind === 'display' ? content.data : {}, end?.value ?? {}]) {
      const value = richest(bundle)
      if (value?.kind === 'image') yield { asset: value.asset, size: 'large' }
    }
  }
}
