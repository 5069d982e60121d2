import type { MimeBundle } from '../../../journal/schema.ts'
import { altOf, richest } from '../../bundle.ts'
import { formatBytes } from '../../format.ts'
import { plainLog, viewLog } from '../../log.ts'
import { parseMarkdown } from '../../parse.ts'
import { addCode } from '../blocks/code.ts'
import { addDrawing, addFigure } from '../blocks/figure.ts'
import { markdownOfHtml } from '../blocks/markup.ts'
import { addFormula } from '../blocks/math.ts'
import { addNote } from '../blocks/note.ts'
import { addProse } from '../blocks/prose.ts'
import type { Box, PdfContext } from '../context.ts'
import { drawSvg } from '../media/svg.ts'

/** A value that a cell returned or displayed, in the richest form that paper has. */
export async function addValue(bundle: MimeBundle, box: Box, context: PdfContext): Promise<void> {
  const found = richest(bundle)
  switch (found?.kind) {
    case undefined:
      return
    case 'image':
      return await addFigure(found.asset, { alt: altOf(bundle), caption: undefined }, box, context)
    case 'svg':
      return addSvg(found.text, altOf(bundle), box, context)
    case 'html':
      return await addProse(markdownOfHtml(found.text), box, context)
    case 'markdown':
      return await addProse(parseMarkdown(found.text), box, context)
    case 'latex':
      return await addFormula(found.text.replace(/^\$+|\$+$/g, ''), box, context)
    case 'json':
      return await addText(JSON.stringify(found.value, null, 2) ?? 'undefined', 'json', box, context)
    case 'text':
      return await addText(plainLog(found.text), 'js', box, context)
    case 'asset':
      return addNote(
        `${found.asset.mediaType}, ${formatBytes(found.asset.bytes)}: ${found.asset.path}`,
        box,
        context,
        found.asset.path,
      )
    default:
      return found satisfies never
  }
}

async function addText(text: string, language: string, box: Box, context: PdfContext): Promise<void> {
  const { head, cut } = viewLog(text)
  const shown = cut ? `${head}\n… ${cut.lines} lines …\n${cut.tail}` : head
  await addCode(shown, language, box, context, { space: 6 })
}

/** Its proportions are those of its `viewBox`, else of its size; what cannot be drawn is named. */
function addSvg(svg: string, alt: string, box: Box, context: PdfContext): void {
  const [, , , width, height] = /viewBox="\s*([-\d.]+)[\s,]+([-\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(svg) ?? []
  const size = (name: string) => Number(new RegExp(`<svg[^>]*\\s${name}="([\\d.]+)`).exec(svg)?.[1])
  const natural = { width: Number(width) || size('width') || 300, height: Number(height) || size('height') || 150 }
  addDrawing(
    {
      ...natural,
      alt,
      draw(place) {
        try {
          drawSvg(context.paper, svg, place)
        } catch {
          context.paper.doc.rect(place.x, place.y, place.width, place.height).lineWidth(0.5).stroke('#c9c7bd')
        }
      },
    },
    box,
    context,
  )
}
