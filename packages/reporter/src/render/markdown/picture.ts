import type { RootContent } from 'mdast'
import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent, ImageRef } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { plotPath, pointsPath } from '../attachment.ts'
import { escapeHtml } from '../html/template.ts'
import { captionOf, describePlot } from '../plot/words.ts'
import { emphasis, image, link, oneLine, paragraph, table } from './nodes.ts'

const THUMB_WIDTH = 200

export function imageNodes({ image: picture, alt, caption }: CellContent & { kind: 'image' }): RootContent[] {
  const shown = image(hrefOf(picture), alt)
  const nodes: RootContent[] = [paragraph(picture.scaled ? linked(assetHref(picture), shown) : shown)]
  if (caption !== undefined) nodes.push(paragraph(emphasis(caption)))
  return nodes
}

/** Two pictures side by side, in a table: Markdown has no slider. */
export function compareNodes({ before, after, alt }: CellContent & { kind: 'compare' }): RootContent[] {
  const pictures = [image(hrefOf(before), `${alt}: before`), image(hrefOf(after), `${alt}: after`)]
  return [table([['before', 'after'], pictures]), paragraph(emphasis(alt))]
}

/** Small pictures that link to the large ones. GitHub shows HTML images and obeys their width. */
export function galleryNodes({ items }: CellContent & { kind: 'gallery' }): RootContent[] {
  const pictures = items.map(({ image: picture, alt, caption }) => {
    const [large, small, words] = [assetHref(picture), hrefOf(picture), escapeHtml(oneLine(alt))]
    const title = caption === undefined ? '' : ` title="${escapeHtml(oneLine(caption))}"`
    return `<a href="${large}"><img src="${small}" alt="${words}"${title} width="${THUMB_WIDTH}"></a>`
  })
  return [{ type: 'html', value: `<p>\n${pictures.join('\n')}\n</p>` }]
}

/** An animated picture plays; a video file is linked from its poster, since Markdown cannot embed one. */
export function videoNodes({ video, poster, alt, frames, fps }: CellContent & { kind: 'video' }): RootContent[] {
  const words = emphasis(`${oneLine(alt)}: ${frames} frames, ${fps} per second`)
  if (video.mediaType.startsWith('image/')) return [paragraph(image(assetHref(video), alt)), paragraph(words)]
  return [
    paragraph(linked(assetHref(video), image(hrefOf(poster), alt))),
    paragraph(link(assetHref(video), 'Play'), ' · ', words),
  ]
}

export function plotNodes(cell: DocumentCell, { spec }: CellContent & { kind: 'plot' }): RootContent[] {
  const drawn = image(plotPath(cell), describePlot(spec, cell.points))
  return [paragraph(drawn), paragraph(emphasis(captionOf(spec)), ' · ', link(pointsPath(cell), 'CSV'))]
}

function hrefOf(picture: ImageRef): string {
  return assetHref(picture.scaled ?? picture)
}

function linked(url: string, child: ReturnType<typeof image>) {
  return { type: 'link' as const, url, children: [child] }
}
