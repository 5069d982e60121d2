import type { AssetRef } from '../../../journal/schema.ts'
import { drawFigure, openPicture } from '../blocks/figure.ts'
import { heightOf, plainLines } from '../blocks/text.ts'
import type { Box, PdfContext } from '../context.ts'
import { drawLines } from '../line/draw.ts'
import type { Line } from '../line/fill.ts'
import { SMALL } from '../line/look.ts'
import type { Picture, PictureSize } from '../media/pictures.ts'
import type { Tag } from '../paper.ts'

const GAP = 12
/** As of one picture alone (points for each pixel). */
const NATURAL = 0.72
const MAX_HEIGHT = 0.6

interface Placed {
  picture: Picture
  tag: Tag
  lines: Line[]
  width: number
  height: number
}

interface Shown {
  image: Pick<AssetRef, 'path'>
  alt: string
  caption?: string
}

/** Pictures side by side, rows of at most so many; a row with its captions is never cut. */
export async function addPictures(
  items: readonly Shown[],
  columns: number,
  box: Box,
  context: PdfContext,
): Promise<void> {
  const across = Math.min(columns, items.length)
  const width = (box.width - GAP * (across - 1)) / Math.max(1, across)
  for (let start = 0; start < items.length; start += across) {
    await addRow(items.slice(start, start + across), across > 1 ? 'small' : 'large', width, box, context)
  }
}

async function addRow(
  items: readonly Shown[],
  size: PictureSize,
  room: number,
  box: Box,
  context: PdfContext,
): Promise<void> {
  const { paper, flow } = context
  const most = flow.pageHeight * MAX_HEIGHT
  const shown: Placed[] = []
  for (const { image, alt, caption } of items) {
    const picture = await openPicture(image, alt, size, box, context)
    if (!picture) continue
    const scale = Math.min(room / picture.width, most / picture.height, NATURAL)
    const lines = plainLines(caption ?? '', SMALL, room, context)
    const tag = paper.tag(box.tag, 'Figure', { alt })
    shown.push({ picture, tag, lines, width: picture.width * scale, height: picture.height * scale })
  }
  if (shown.length === 0) return
  const height = Math.max(...shown.map((one) => one.height))
  const below = Math.max(...shown.map(({ lines }) => (lines.length > 0 ? heightOf(lines) + 4 : 0)))
  flow.add({
    height: height + below,
    space: 10,
    draw(y) {
      shown.forEach(({ picture, tag, lines, ...size }, index) => {
        const x = box.x + index * (room + GAP)
        drawFigure(picture, tag, { x, y: y + height - size.height, ...size }, context)
        if (lines.length === 0) return
        const caption = paper.tag(box.tag, 'Caption')
        drawLines(paper, lines, y + height + 4, caption, () => x)
      })
    },
  })
}
