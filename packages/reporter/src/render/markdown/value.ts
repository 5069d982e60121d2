import { stripVTControlCharacters } from 'node:util'
import type { RootContent } from 'mdast'
import type { JournalError, MimeBundle } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { svgPath, valuePath } from '../attachment.ts'
import { altOf, richest, valueText } from '../bundle.ts'
import { formatBytes } from '../format.ts'
import { isCut, viewLog } from '../log.ts'
import { parseMarkdown } from '../parse.ts'
import { emphasis, fence, folded, image, link, oneLine, paragraph, strong } from './nodes.ts'
import { proseNodes } from './prose.ts'

/** A value that a cell returned or displayed. HTML gives way to plain text where there is some: viewers of Markdown differ in what they let through. */
export async function valueNodes(bundle: MimeBundle, cell: string): Promise<RootContent[]> {
  const found = richest(bundle, { textFirst: true })
  switch (found?.kind) {
    case undefined:
      return []
    case 'image':
      return [paragraph(image(assetHref(found.asset), altOf(bundle)))]
    case 'svg':
      return [paragraph(image(svgPath(cell), altOf(bundle)))]
    case 'html':
      return [fence(found.text, 'html')]
    case 'markdown':
      return proseNodes(parseMarkdown(found.text), cell)
    case 'latex':
      return [{ type: 'math', value: found.text.replace(/^\$+|\$+$/g, '') }]
    case 'json':
      return textNodes(valueText(found), 'json', cell)
    case 'text':
      return textNodes(valueText(found), 'js', cell)
    case 'asset':
      return [
        paragraph(link(assetHref(found.asset), `${oneLine(found.asset.mediaType)}, ${formatBytes(found.asset.bytes)}`)),
      ]
    default:
      return found satisfies never
  }
}

export function errorNodes({ name, message, stack, cause }: JournalError): RootContent[] {
  const words = stripVTControlCharacters(message)
  const nodes: RootContent[] = [{ type: 'blockquote', children: [paragraph(strong(name), `: ${oneLine(words)}`)] }]
  if (stack !== undefined) nodes.push(...folded('Stack', [fence(stripVTControlCharacters(stack), 'text')]))
  if (cause) nodes.push(paragraph(emphasis('caused by')), ...errorNodes(cause))
  return nodes
}

function textNodes(text: string, language: string, cell: string): RootContent[] {
  const { head, cut } = viewLog(text)
  const shown = fence(cut ? `${head}\n… ${cut.lines} lines …\n${cut.tail}` : head, language)
  return isCut(text) ? [shown, paragraph(link(valuePath(cell, language), 'the whole value'))] : [shown]
}
