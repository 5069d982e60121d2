import type { CellId, MimeBundle } from '../../../journal/schema.ts'
import { valuePath } from '../../attachment.ts'
import { altOf, richest, valueText } from '../../bundle.ts'
import { formatBytes, formatCount } from '../../format.ts'
import { isCut, viewLog } from '../../log.ts'
import { parseMarkdown } from '../../parse.ts'
import { addCode } from '../blocks/code.ts'
import { addFigure, addSvg } from '../blocks/figure.ts'
import { markdownOfHtml } from '../blocks/markup.ts'
import { addFormula } from '../blocks/math.ts'
import { addNote } from '../blocks/note.ts'
import { addProse } from '../blocks/prose.ts'
import type { Box, PdfContext } from '../context.ts'

/** A value that a cell returned or displayed, in the richest form that paper has. */
export async function addValue(bundle: MimeBundle, cell: CellId, box: Box, context: PdfContext): Promise<void> {
  const found = richest(bundle)
  switch (found?.kind) {
    case undefined:
      return
    case 'image':
      return await addFigure(found.asset, { alt: altOf(bundle), caption: undefined }, box, context)
    case 'svg':
      return await addSvg(found.text, { ...sizeOf(found.text), alt: altOf(bundle) }, box, context)
    case 'html':
      return await addProse(markdownOfHtml(found.text), box, context)
    case 'markdown':
      return await addProse(parseMarkdown(found.text), box, context)
    case 'latex':
      return await addFormula(found.text.replace(/^\$+|\$+$/g, ''), box, context)
    case 'json':
      return await addText(valueText(found), 'json', cell, box, context)
    case 'text':
      return await addText(valueText(found), 'js', cell, box, context)
    case 'asset':
      return addNote(`${found.asset.mediaType}, ${formatBytes(found.asset.bytes)}: ${found.asset.path}`, box, context, {
        link: found.asset.path,
      })
    default:
      return found satisfies never
  }
}

async function addText(text: string, language: string, cell: CellId, box: Box, context: PdfContext): Promise<void> {
  const { head, cut } = viewLog(text)
  const shown = cut ? `${head}\n… ${formatCount(cut.lines)} lines …\n${cut.tail}` : head
  await addCode(shown, language, box, context, { space: 6 })
  if (isCut(text)) addNote('The whole value', box, context, { link: valuePath(cell, language) })
}

/** Its proportions are those of its `viewBox`, else of its size, in pixels. */
function sizeOf(svg: string): { width: number; height: number } {
  const [, , , width, height] = /viewBox="\s*([-\d.]+)[\s,]+([-\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(svg) ?? []
  const size = (name: string) => Number(new RegExp(`<svg[^>]*\\s${name}="([\\d.]+)`).exec(svg)?.[1])
  return { width: Number(width) || size('width') || 300, height: Number(height) || size('height') || 150 }
}
