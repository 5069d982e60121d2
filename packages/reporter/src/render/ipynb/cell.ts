import type { DocumentCell } from '../../journal/document.ts'
import type { AssetRef, CellContent, JournalError, MimeBundle } from '../../journal/schema.ts'
import { altOf, richest } from '../bundle.ts'
import { plainLog } from '../log.ts'
import { cellNodes } from '../markdown/cell.ts'
import { heading, writeMarkdown } from '../markdown/nodes.ts'
import { errorNodes } from '../markdown/value.ts'
import { plotSvg } from '../plot/draw.ts'
import { describePlot } from '../plot/words.ts'
import type { IpynbContext } from './context.ts'

type Bundle = Record<string, unknown>

export type IpynbOutput =
  | { output_type: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | { output_type: 'display_data'; metadata: object; data: Bundle }
  | { output_type: 'execute_result'; execution_count: number; metadata: object; data: Bundle }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] }

export type IpynbCell =
  | { cell_type: 'markdown'; id: string; metadata: object; source: string }
  | {
      cell_type: 'code'
      id: string
      metadata: object
      execution_count: number | null
      source: string
      outputs: IpynbOutput[]
    }

/** One cell of ours as cells of Jupyter: boxes become a heading and the cells in them, pictures outputs of a cell without source. */
export async function cellJson(cell: DocumentCell, context: IpynbContext): Promise<IpynbCell[]> {
  const { content, id } = cell
  switch (content.kind) {
    case 'code':
      return [await codeJson(cell, content, context)]
    case 'details':
    case 'subreport': {
      const entry = context.markdown.outline.titles.get(id)
      const cells: IpynbCell[] = [markdownJson(id, writeMarkdown([heading(entry?.level ?? 2, content.title)]))]
      for (const child of cell.children) cells.push(...(await cellJson(child, context)))
      if (cell.end?.error) cells.push(markdownJson(`${id}-error`, writeMarkdown(errorNodes(cell.end.error))))
      return cells
    }
    case 'image':
    case 'compare':
    case 'gallery':
    case 'video':
    case 'plot':
    case 'display':
      return [
        {
          cell_type: 'code',
          id: safe(id),
          metadata: { jupyter: { source_hidden: true }, tags: ['hide-input'] },
          execution_count: null,
          source: '',
          outputs: await displays(cell, context),
        },
      ]
    default:
      return [markdownJson(id, writeMarkdown(await cellNodes(cell, context.markdown)))]
  }
}

async function codeJson(
  cell: DocumentCell,
  content: CellContent & { kind: 'code' },
  context: IpynbContext,
): Promise<IpynbCell> {
  const count = context.nextCount()
  const outputs: IpynbOutput[] = cell.streams.map(({ name, text }) => ({
    output_type: 'stream',
    name,
    text: plainLog(text),
  }))
  for (const child of cell.children) outputs.push(...(await displays(child, context)))
  if (cell.end?.value) {
    const data = await bundleJson(cell.end.value, context)
    outputs.push({ output_type: 'execute_result', execution_count: count, metadata: {}, data })
  }
  if (cell.end?.error) outputs.push(errorJson(cell.end.error))
  const metadata = {
    ...(content.title === undefined ? {} : { title: content.title }),
    ...(content.location ? { location: `${content.location.file}:${content.location.line}` } : {}),
    ...(cell.end ? { seconds: cell.end.seconds } : {}),
  }
  return { cell_type: 'code', id: safe(cell.id), metadata, execution_count: count, source: content.source, outputs }
}

/** What a cell shows, as outputs. */
async function displays(cell: DocumentCell, context: IpynbContext): Promise<IpynbOutput[]> {
  const { content } = cell
  const shown = (data: Bundle): IpynbOutput => ({ output_type: 'display_data', metadata: {}, data })
  const picture = async (asset: AssetRef, alt: string): Promise<IpynbOutput> => {
    const found = await context.picture(asset)
    return shown({ ...found, 'text/plain': found ? alt : `${alt} (${asset.path})` })
  }
  switch (content.kind) {
    case 'image':
      return [await picture(content.image.scaled ?? content.image, content.caption ?? content.alt)]
    case 'compare': {
      const { before, after, alt } = content
      return [
        await picture(before.scaled ?? before, `${alt}: before`),
        await picture(after.scaled ?? after, `${alt}: after`),
      ]
    }
    case 'gallery': {
      const outputs: IpynbOutput[] = []
      for (const { image, alt, caption } of content.items)
        outputs.push(await picture(image.scaled ?? image, caption ?? alt))
      return outputs
    }
    case 'video': {
      const { video, poster, alt } = content
      return [await picture(video.mediaType.startsWith('image/') ? video : (poster.scaled ?? poster), alt)]
    }
    case 'plot': {
      const svg = await plotSvg(content.spec, cell.points, 'paper')
      return [shown({ 'image/svg+xml': svg, 'text/plain': describePlot(content.spec, cell.points) })]
    }
    case 'display':
      return [shown(await bundleJson(content.data, context))]
    default: {
      const markdown = writeMarkdown(await cellNodes(cell, context.markdown))
      return [shown({ 'text/markdown': markdown, 'text/plain': markdown })]
    }
  }
}

/** Jupyter's bundles hold JSON as it is and pictures in base64. Text always comes along: it is what the plainest viewer shows. */
async function bundleJson(bundle: MimeBundle, context: IpynbContext): Promise<Bundle> {
  const data: Bundle = {}
  for (const [type, value] of Object.entries(bundle)) {
    if (typeof value === 'string') data[type] = type === 'text/plain' ? plainLog(value) : value
    else if ('json' in value) data[type] = value.json
  }
  const best = richest(bundle)
  if (best?.kind === 'image') Object.assign(data, (await context.picture(best.asset)) ?? {})
  if (data['text/plain'] === undefined)
    data['text/plain'] = best?.kind === 'json' ? JSON.stringify(best.value) : altOf(bundle)
  return data
}

function errorJson({ name, message, stack, cause }: JournalError): IpynbOutput {
  const lines = plainLog(stack ?? `${name}: ${message}`).split('\n')
  for (let next = cause; next; next = next.cause) lines.push(`caused by ${next.name}: ${plainLog(next.message)}`)
  return { output_type: 'error', ename: name, evalue: plainLog(message), traceback: lines }
}

function markdownJson(id: string, source: string): IpynbCell {
  return { cell_type: 'markdown', id: safe(id), metadata: {}, source }
}

/** nbformat: 1-64 letters, digits, `-` and `_`. */
function safe(id: string): string {
  return id.replace(/[^\w-]/g, '_').slice(0, 64) || 'cell'
}
