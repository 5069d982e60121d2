import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { ImageRef } from '../journal/schema.ts'
import type { NotebookEntry } from '../run/record.ts'

/** What the record of a run says of a notebook. */
export function toEntry(document: NotebookDocument, path: string): NotebookEntry {
  const { begin, status, seconds, errors } = document
  const cells = flatten(document.cells)
  const images = cells.flatMap(picturesOf)
  const picture = images.at(-1)
  const failed = errors[0] ?? cells.find(({ end }) => end?.error)?.end?.error
  const inFlight = cells.findLast(({ content, end }) => content.kind === 'code' && !end)
  const asked = cells.find(({ content, end }) => content.kind === 'question' && !end)
  return {
    path,
    title: begin.title,
    file: begin.file,
    test: begin.test,
    project: begin.project,
    attempt: begin.attempt,
    status,
    seconds,
    cells: cells.length,
    images: images.length,
    ...(picture && { thumbnail: `${path}/${(picture.scaled ?? picture).path}` }),
    ...(failed && status !== 'passed' && { error: `${failed.name}: ${failed.message}` }),
    ...(status === 'running' && asked?.content.kind === 'question' && { asks: asked.content.title ?? 'a question' }),
    ...(status === 'killed' && inFlight && { inFlight: titleOf(inFlight) }),
  }
}

function flatten(cells: readonly DocumentCell[]): DocumentCell[] {
  return cells.flatMap((cell) => [cell, ...flatten(cell.children)])
}

function picturesOf({ content }: DocumentCell): ImageRef[] {
  switch (content.kind) {
    case 'image':
      return [content.image]
    case 'compare':
      return [content.before, content.after]
    case 'gallery':
      return content.items.map(({ image }) => image)
    case 'video':
      return [content.poster]
    default:
      return []
  }
}

function titleOf({ content }: DocumentCell): string {
  if (content.kind !== 'code') return content.kind
  return content.title ?? content.source.split('\n', 1)[0] ?? ''
}
