import type { PdfContext, Box } from '../context.ts'
import { drawLines } from '../line/draw.ts'
import { SMALL } from '../line/look.ts'
import type { Picture, PictureSize } from '../media/pictures.ts'
import type { PictureSource } from '../media/source.ts'
import { drawSvg, svgFault } from '../media/svg.ts'
import type { Tag } from '../paper.ts'
import { addNote } from './note.ts'
import { heightOf, plainLines } from './text.ts'

/** Height of a picture at most, as a share of the page: a heading and its caption fit beside it. */
const MAX_HEIGHT = 0.7
/** Points for each pixel of a small picture, as browsers show it on paper. */
const NATURAL = 0.72

interface Figure {
  /** in pixels; their ratio is what counts */
  width: number
  height: number
  alt: string
  caption?: string | undefined
  draw(box: { x: number; y: number; width: number; height: number }): void
}

/** One picture with its caption: never cut, never apart. A picture that cannot be read is named with the reason. */
export async function addFigure(
  source: PictureSource,
  { alt, caption }: { alt: string; caption?: string | undefined },
  box: Box,
  context: PdfContext,
): Promise<void> {
  const picture = await openPicture(source, alt, 'large', box, context)
  if (picture) addDrawing({ ...picture, alt, caption }, box, context)
}

export async function openPicture(
  source: PictureSource,
  alt: string,
  size: PictureSize,
  box: Box,
  context: PdfContext,
): Promise<Picture | undefined> {
  try {
    if ('data' in source) return await context.pictures.openData(source.data, size)
    return await context.pictures.open(source, size)
  } catch {
    addNote(`The picture “${alt}” cannot be shown: ${faultOf(source, context)}.`, box, context)
    return undefined
  }
}

/** What sharp says is of libraries and files of this machine, in no sentence. */
function faultOf(source: PictureSource, { pictures }: PdfContext): string {
  if ('data' in source) return 'it is damaged, or no picture'
  return pictures.has(source) ? `${source.path} is damaged, or no picture` : `there is no file ${source.path}`
}

/** An SVG as vectors; what cannot be drawn so may yet be read as a picture. */
export async function addSvg(svg: string, figure: Omit<Figure, 'draw'>, box: Box, context: PdfContext): Promise<void> {
  if (svgFault(svg)) return await addFigure({ data: Buffer.from(svg) }, figure, box, context)
  addDrawing({ ...figure, draw: (place) => drawSvg(context.paper, svg, place) }, box, context)
}

function addDrawing(figure: Figure, box: Box, context: PdfContext): void {
  const { paper, flow } = context
  const lines = figure.caption === undefined ? [] : plainLines(figure.caption, SMALL, box.width, context)
  const below = lines.length > 0 ? heightOf(lines) + 5 : 0
  const most = flow.pageHeight * MAX_HEIGHT - below
  const scale = Math.min(box.width / figure.width, most / figure.height, NATURAL)
  const [width, height] = [figure.width * scale, figure.height * scale]
  const tag = paper.tag(box.tag, 'Figure', { alt: figure.alt })
  flow.add({
    height: height + below,
    space: 10,
    draw(y) {
      drawFigure(figure, tag, { x: box.x, y, width, height }, context)
      if (lines.length === 0) return
      const caption = paper.tag(box.tag, 'Caption')
      drawLines(paper, lines, y + height + 5, caption, () => box.x)
    },
  })
}

export function drawFigure(
  { draw }: Pick<Figure, 'draw'>,
  tag: Tag,
  place: { x: number; y: number; width: number; height: number },
  { paper }: PdfContext,
): void {
  paper.place(tag, place)
  tag.add(() => draw(place))
}
