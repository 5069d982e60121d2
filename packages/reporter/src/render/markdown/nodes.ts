import type { AlignType, BlockContent, Heading, Paragraph, PhrasingContent, Root, RootContent, Table } from 'mdast'
import { gfmToMarkdown } from 'mdast-util-gfm'
import { mathToMarkdown } from 'mdast-util-math'
import { toMarkdown } from 'mdast-util-to-markdown'
import { escapeHtml } from '../html/template.ts'

/** Strings are text, whatever is in them: the writer escapes what Markdown would read as markup. */
export type Inline = string | PhrasingContent

export function paragraph(...parts: Inline[]): Paragraph {
  return { type: 'paragraph', children: parts.map(inline) }
}

export function heading(level: number, text: string): Heading {
  return {
    type: 'heading',
    depth: Math.min(Math.max(level, 1), 6) as Heading['depth'],
    children: [inline(oneLine(text))],
  }
}

export function link(url: string, text: string): PhrasingContent {
  return { type: 'link', url, children: [inline(text)] }
}

export function image(url: string, alt: string): PhrasingContent {
  return { type: 'image', url, alt: oneLine(alt) }
}

export function emphasis(text: string): PhrasingContent {
  return { type: 'emphasis', children: [inline(oneLine(text))] }
}

export function strong(text: string): PhrasingContent {
  return { type: 'strong', children: [inline(oneLine(text))] }
}

export function fence(value: string, language?: string): BlockContent {
  return { type: 'code', value, lang: language ?? null }
}

/** @param rows the first one holds the names of the columns */
export function table(rows: Inline[][], align: AlignType[] = []): Table {
  const row = (values: Inline[]) =>
    values.map((value) => ({ type: 'tableCell' as const, children: [inline(cellText(value))] }))
  return {
    type: 'table',
    align,
    children: rows.map((values) => ({ type: 'tableRow' as const, children: row(values) })),
  }
}

/** A folded block: HTML around Markdown, which GitHub reads on as long as blank lines stand between. */
export function folded(title: string, inside: RootContent[], open = false): RootContent[] {
  const start = `<details${open ? ' open' : ''}><summary>${escapeHtml(oneLine(title))}</summary>`
  return [{ type: 'html', value: start }, ...inside, { type: 'html', value: '</details>' }]
}

/** Markdown in GitHub's dialect with a line break at its end; nothing for no nodes. */
export function writeMarkdown(children: RootContent[]): string {
  const root: Root = { type: 'root', children }
  return toMarkdown(root, {
    extensions: [gfmToMarkdown({ tablePipeAlign: false }), mathToMarkdown()],
    bullet: '-',
    rule: '-',
    fences: true,
    resourceLink: false,
  })
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function inline(part: Inline): PhrasingContent {
  return typeof part === 'string' ? { type: 'text', value: part } : part
}

function cellText(value: Inline): Inline {
  return typeof value === 'string' ? oneLine(value) : value
}
