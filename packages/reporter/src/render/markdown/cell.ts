import type { RootContent } from 'mdast'
import type { DocumentCell } from '../../journal/document.ts'
import type { CellContent, Provenance } from '../../journal/schema.ts'
import { assetHref } from '../asset.ts'
import { logPath, plainLog, viewLog } from '../log.ts'
import { formatBytes, formatCount, formatSeconds } from '../format.ts'
import { sourceUrl } from '../link.ts'
import { treeOf, type Outline } from '../outline.ts'
import { emphasis, fence, folded, heading, link, oneLine, paragraph, strong, type Inline } from './nodes.ts'
import { errorNodes, valueNodes } from './value.ts'
import { compareNodes, galleryNodes, imageNodes, plotNodes, videoNodes } from './picture.ts'
import { proseNodes } from './prose.ts'
import { questionNodes, tableNodes } from './table.ts'

/** What a cell's Markdown depends on besides the cell. */
export interface MarkdownContext {
  outline: Outline
  provenance: Provenance
  running: boolean
}

/** One cell as Markdown's tree; its files are linked relative to the report. */
export async function cellNodes(cell: DocumentCell, context: MarkdownContext): Promise<RootContent[]> {
  const { content, id } = cell
  switch (content.kind) {
    case 'markdown':
      return proseNodes(treeOf(content), id, context.outline.headings.get(id))
    case 'code':
      return await codeNodes(cell, content, context)
    case 'display':
      return [
        ...(content.title === undefined ? [] : [paragraph(strong(content.title))]),
        ...(await valueNodes(content.data, `${id}`)),
      ]
    case 'image':
      return imageNodes(content)
    case 'compare':
      return compareNodes(content)
    case 'gallery':
      return galleryNodes(content)
    case 'video':
      return videoNodes(content)
    case 'table':
      return tableNodes(cell, content)
    case 'plot':
      return plotNodes(cell, content)
    case 'progress':
      return [paragraph(`${content.label ?? 'Progress'}: ${content.value} of ${content.total}`)]
    case 'file':
      return [
        paragraph(
          'File ',
          link(assetHref(content.file), oneLine(content.name)),
          ` (${formatBytes(content.file.bytes)})`,
        ),
      ]
    case 'details':
      return folded(content.title, await insideNodes(cell, context))
    case 'subreport':
      return [heading(context.outline.titles.get(id)?.level ?? 2, content.title), ...(await insideNodes(cell, context))]
    case 'question':
      return questionNodes(cell, content)
    case 'endpoint':
      return [
        paragraph(
          'Endpoint ',
          { type: 'inlineCode', value: oneLine(content.path) },
          ', answered while the notebook was live',
        ),
      ]
    default:
      return content satisfies never
  }
}

async function insideNodes(cell: DocumentCell, context: MarkdownContext): Promise<RootContent[]> {
  const nodes: RootContent[] = []
  for (const child of cell.children) nodes.push(...(await cellNodes(child, context)))
  if (cell.end?.error) nodes.push(...errorNodes(cell.end.error))
  return nodes
}

async function codeNodes(
  cell: DocumentCell,
  content: CellContent & { kind: 'code' },
  context: MarkdownContext,
): Promise<RootContent[]> {
  const entry = context.outline.titles.get(cell.id)
  const nodes: RootContent[] = entry ? [heading(entry.level, entry.text)] : []
  nodes.push(
    fence(content.source, content.language === 'javascript' ? 'js' : 'ts'),
    paragraph(...noteOf(cell, content, context)),
  )
  for (const [index, { name, text }] of cell.streams.entries()) nodes.push(...streamNodes(cell, index, name, text))
  for (const child of cell.children) nodes.push(...(await cellNodes(child, context)))
  if (cell.end?.value) nodes.push(...(await valueNodes(cell.end.value, cell.id)))
  if (cell.end?.error) nodes.push(...errorNodes(cell.end.error))
  return nodes
}

/** Place and time of a cell in a line below it. */
function noteOf(cell: DocumentCell, { location }: CellContent & { kind: 'code' }, context: MarkdownContext): Inline[] {
  const time = cell.end ? formatSeconds(cell.end.seconds) : context.running ? 'running' : 'not finished'
  if (!location) return [emphasis(time)]
  const place = oneLine(`${location.file}:${location.line}`)
  const url = sourceUrl(location, context.provenance)
  return [url === undefined ? emphasis(place) : link(url, place), ' · ', emphasis(time)]
}

function streamNodes(cell: DocumentCell, index: number, name: string, text: string): RootContent[] {
  if (text.trim() === '') return []
  const view = viewLog(plainLog(text))
  const title = name === 'stderr' ? [paragraph(emphasis('stderr'))] : []
  if (!view.cut) return [...title, fence(view.head, 'text')]
  const words = `${formatCount(view.cut.lines)} lines (${formatBytes(view.cut.bytes)}) left out`
  const cut = paragraph(emphasis(words), ' · ', link(logPath(cell, index), 'the whole log'))
  return [...title, fence(view.head, 'text'), cut, fence(view.cut.tail, 'text')]
}
